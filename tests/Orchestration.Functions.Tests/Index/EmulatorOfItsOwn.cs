using Microsoft.Extensions.Configuration;
using Orchestration.Functions.Index;
using Orchestration.Functions.Storage;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Index;

/// <summary>An emulator that no other class of tests writes to.</summary>
public sealed class EmulatorOfItsOwn : IAsyncLifetime
{
    private Azurite? _azurite;

    public async Task InitializeAsync() => _azurite = await Azurite.StartAsync();

    public async Task DisposeAsync() => await (_azurite?.DisposeAsync() ?? ValueTask.CompletedTask);

    /// <summary>The index as another process has it.</summary>
    public JobIndex OpenIndex()
    {
        var connection = _azurite?.ConnectionString ?? throw new InvalidOperationException("Not started.");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("AzureWebJobsStorage", connection)])
            .Build();
        return new JobIndex(new StorageAccounts(configuration), new BatchedAppender(), TimeProvider.System);
    }
}
