using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestration.Functions.Retention;
using Orchestration.Functions.Storage;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Retention;

public class AuditRetentionTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 10, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(7, 2, new[] { "audit/2026-06-03/1.jsonl", "audit/2026-06-10/1.jsonl", "audit/notes/1.txt", "auditors/2020-01-01/1.jsonl" })]
    [InlineData(0, 0, null)]
    public async Task Days_whose_time_is_over_go_and_nothing_else(int days, int removed, string[]? left)
    {
        string[] all = ["audit/2025-12-31/1.jsonl", "audit/2026-06-02/1.jsonl", "audit/2026-06-02/2.jsonl", .. left ?? ["audit/2026-06-03/1.jsonl"]];
        var azurite = await Azurite.StartAsync();
        await using var _ = azurite;
        var container = azurite.Client.GetBlobContainerClient("state");
        await container.CreateIfNotExistsAsync();
        foreach (var name in all)
        {
            await container.UploadBlobAsync(name, BinaryData.FromString("{}"));
        }

        Assert.Equal(removed, await Retention(azurite, days).RunAsync(CancellationToken.None));

        Assert.Equal(left ?? all, await container.GetBlobsAsync().Select(blob => blob.Name).ToListAsync());
    }

    private static AuditRetention Retention(Azurite azurite, int days) => new(
        new StorageAccounts(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("AzureWebJobsStorage", azurite.ConnectionString)])
            .Build()),
        Options.Create(new RetentionOptions { AuditDays = days }),
        new MovableTime { Now = Now },
        NullLogger<AuditRetention>.Instance);
}
