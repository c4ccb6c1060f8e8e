using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Orchestration.Functions.Intake;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Protocol.Documents;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Storage;

public sealed class IdempotencyKeysTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly MovableTime _time = new();
    private Azurite? _azurite;

    public async Task InitializeAsync() => _azurite = await Azurite.StartAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        if (_azurite is not null)
        {
            await _azurite.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_key_is_not_taken_from_a_job_that_has_come_back_to_it()
    {
        var keys = Keys();
        Assert.Null(await keys.TryClaimAsync(Job("key-holder-1"), "k", CancellationToken.None));
        var seen = await keys.TryClaimAsync(Job("key-rival-01"), "k", CancellationToken.None);

        // The rival takes the holder for abandoned; meanwhile the holder's document is brought again.
        Assert.Null(await keys.TryClaimAsync(Job("key-holder-1"), "k", CancellationToken.None));

        Assert.False(await keys.TryTakeOverAsync(seen!, "key-rival-01", CancellationToken.None));
        Assert.Equal("key-holder-1", (await keys.TryClaimAsync(Job("key-rival-01"), "k", CancellationToken.None))?.Claim.JobId);
    }

    [Fact]
    public async Task Of_two_who_take_over_one_key_one_has_it()
    {
        var keys = Keys();
        await keys.TryClaimAsync(Job("key-holder-2"), "k", CancellationToken.None);
        var first = await keys.TryClaimAsync(Job("key-rival-02"), "k", CancellationToken.None);
        var second = await keys.TryClaimAsync(Job("key-rival-03"), "k", CancellationToken.None);

        Assert.True(await keys.TryTakeOverAsync(first!, "key-rival-02", CancellationToken.None));
        Assert.False(await keys.TryTakeOverAsync(second!, "key-rival-03", CancellationToken.None));
    }

    [Fact]
    public async Task A_key_whose_time_is_over_is_free_and_removed()
    {
        var keys = Keys();
        await keys.TryClaimAsync(Job("key-holder-4"), "k", CancellationToken.None);
        Assert.Equal(0, await keys.RemoveExpiredAsync(CancellationToken.None));
        _time.Now += TimeSpan.FromHours(169);

        Assert.Null(await keys.TryClaimAsync(Job("key-rival-04"), "k", CancellationToken.None));

        // The emulator's clock says when a key was written, and ours is a week ahead.
        Assert.Equal(1, await keys.RemoveExpiredAsync(CancellationToken.None));
    }

    private static JobDocument Job(string jobId) => new JobDocumentBuilder("system.echo").WithJobId(jobId).Build();

    private IdempotencyKeys Keys() => new(
        new StorageAccounts(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("AzureWebJobsStorage", _azurite?.ConnectionString)])
            .Build()),
        Options.Create(new IntakeOptions()),
        _time);
}
