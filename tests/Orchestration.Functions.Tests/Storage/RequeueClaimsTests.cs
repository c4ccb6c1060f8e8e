using Microsoft.Extensions.Configuration;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Storage;

public class RequeueClaimsTests
{
    private readonly MovableTime _time = new();

    [Fact]
    public async Task Of_many_who_run_a_dead_letter_again_at_once_one_does()
    {
        var claims = await OpenAsync();

        var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => claims.TryClaimAsync("requeue-once-1", 3, CancellationToken.None)));

        Assert.Single(won, one => one);
    }

    [Fact]
    public async Task A_later_end_of_the_same_job_can_be_run_again()
    {
        var claims = await OpenAsync();
        Assert.True(await claims.TryClaimAsync("requeue-later-1", 3, CancellationToken.None));

        Assert.True(await claims.TryClaimAsync("requeue-later-1", 6, CancellationToken.None));
        Assert.False(await claims.TryClaimAsync("requeue-later-1", 3, CancellationToken.None));
    }

    [Fact]
    public async Task A_claim_whose_holder_started_nothing_for_a_minute_can_be_taken()
    {
        var claims = await OpenAsync();
        await claims.TryClaimAsync("requeue-stale-1", 3, CancellationToken.None);
        _time.Now += TimeSpan.FromSeconds(61);

        Assert.True(await claims.TryClaimAsync("requeue-stale-1", 3, CancellationToken.None));
    }

    [Fact]
    public async Task A_job_that_was_removed_leaves_no_claim_to_another_of_its_id()
    {
        var claims = await OpenAsync();
        await claims.TryClaimAsync("requeue-removed-1", 3, CancellationToken.None);

        await claims.RemoveAsync("requeue-removed-1", CancellationToken.None);

        Assert.True(await claims.TryClaimAsync("requeue-removed-1", 3, CancellationToken.None));
    }

    private async Task<RequeueClaims> OpenAsync()
    {
        var azurite = await Azurite.Shared;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("AzureWebJobsStorage", azurite.ConnectionString)])
            .Build();
        return new RequeueClaims(new StorageAccounts(configuration), _time);
    }
}
