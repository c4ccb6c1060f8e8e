using Microsoft.Extensions.Configuration;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Protocol.Documents;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Storage;

public sealed class ClaimStoreTests : IAsyncLifetime
{
    private ClaimStore? _store;

    private ClaimStore Claims => _store ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        var azurite = await Azurite.Shared;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("AzureWebJobsStorage", azurite.ConnectionString)])
            .Build();
        _store = new ClaimStore(new StorageAccounts(configuration));
    }

    public Task DisposeAsync()
    {
        _store?.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task The_id_of_a_refused_document_is_free_and_its_next_holder_is_told_of_the_refusal()
    {
        Assert.True(await Claims.TryNoteRefusalAsync("claim-refused-1", DateTimeOffset.UtcNow, CancellationToken.None));
        var seen = await Claims.ReadAsync("claim-refused-1", CancellationToken.None);

        var first = await Claims.TryClaimAsync(Claim("claim-refused-1"), CancellationToken.None);
        var second = await Claims.TryClaimAsync(Claim("claim-refused-1"), CancellationToken.None);

        Assert.Null(seen);
        Assert.Equal((null, true), (first.Earlier, first.AfterRefusal));
        Assert.Equal("claim-refused-1", second.Earlier?.Document.JobId);
    }

    [Fact]
    public async Task A_refusal_can_be_noted_twice_but_not_of_an_id_that_a_job_has()
    {
        await Claims.TryNoteRefusalAsync("claim-refused-2", DateTimeOffset.UtcNow, CancellationToken.None);
        Assert.True(await Claims.TryNoteRefusalAsync("claim-refused-2", DateTimeOffset.UtcNow, CancellationToken.None));
        await Claims.TryClaimAsync(Claim("claim-refused-2"), CancellationToken.None);

        Assert.False(await Claims.TryNoteRefusalAsync("claim-refused-2", DateTimeOffset.UtcNow, CancellationToken.None));
        Assert.NotNull(await Claims.ReadAsync("claim-refused-2", CancellationToken.None));
    }

    [Fact]
    public async Task A_refusal_is_not_noted_of_the_id_of_a_job_that_was_removed_but_for_its_result()
    {
        await Claims.TryClaimAsync(Claim("claim-removed-1"), CancellationToken.None);
        await Claims.ReleaseButResultAsync("claim-removed-1", DateTimeOffset.UtcNow, CancellationToken.None);

        Assert.False(await Claims.TryNoteRefusalAsync("claim-removed-1", DateTimeOffset.UtcNow, CancellationToken.None));
        var answer = await Claims.TryClaimAsync(Claim("claim-removed-1"), CancellationToken.None);
        Assert.Equal((null, true), (answer.Earlier, answer.AfterRefusal));
    }

    [Theory]
    [InlineData("red", true)]
    [InlineData("blue", false)]
    [InlineData(null, true)]
    public async Task A_job_is_open_to_its_namespace_and_to_none_also_when_only_its_result_is_left(string? asking, bool isOpen)
    {
        var jobId = $"claim-open-{asking ?? "none"}";
        var document = new JobDocumentBuilder("system.echo").WithJobId(jobId).WithNamespace("red").Build();
        await Claims.TryClaimAsync(new JobClaim(document, DateTimeOffset.UtcNow, Source: null), CancellationToken.None);
        Assert.Equal(isOpen, await Claims.IsOpenToAsync(asking, jobId, CancellationToken.None));

        await Claims.ReleaseButResultAsync(jobId, DateTimeOffset.UtcNow, CancellationToken.None);

        Assert.Equal(isOpen, await Claims.IsOpenToAsync(asking, jobId, CancellationToken.None));
    }

    [Fact]
    public async Task An_id_that_nobody_has_used_is_claimed_without_a_refusal()
    {
        var answer = await Claims.TryClaimAsync(Claim("claim-fresh-01"), CancellationToken.None);

        Assert.Equal((null, false), (answer.Earlier, answer.AfterRefusal));
    }

    private static JobClaim Claim(string jobId) =>
        new(new JobDocumentBuilder("system.echo").WithJobId(jobId).WithData(new { message = "hello" }).Build(), DateTimeOffset.UtcNow, Source: null);
}
