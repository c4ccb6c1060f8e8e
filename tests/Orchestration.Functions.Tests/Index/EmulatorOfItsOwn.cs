using Microsoft.Extensions.Configuration;
using Orchestration.Functions.Index;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Blobs;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Index;

/// <summary>An emulator that no other class of tests writes to.</summary>
public sealed class EmulatorOfItsOwn : IAsyncLifetime
{
    private Azurite? _azurite;

    public async Task InitializeAsync() => _azurite = await Azurite.StartAsync();

    public async Task DisposeAsync() => await (_azurite?.DisposeAsync() ?? ValueTask.CompletedTask);

    public Azurite Azurite => _azurite ?? throw new InvalidOperationException("Not started.");

    /// <summary>Removes every blob.</summary>
    public async Task ClearAsync()
    {
        await foreach (var container in Azurite.Client.GetBlobContainersAsync())
        {
            var client = Azurite.Client.GetBlobContainerClient(container.Name);
            await foreach (var blob in client.GetBlobsAsync())
            {
                await client.DeleteBlobAsync(blob.Name);
            }
        }
    }

    /// <summary>The index as another process has it.</summary>
    public JobIndex OpenIndex()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("AzureWebJobsStorage", Azurite.ConnectionString)])
            .Build();
        return new JobIndex(new StorageAccounts(configuration), new BatchedAppender(), TimeProvider.System);
    }
}
