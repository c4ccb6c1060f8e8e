using Microsoft.Extensions.Configuration;
using Orchestration.Functions.Activities;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Results;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Activities;

public sealed class CheckDependenciesTests : IAsyncLifetime
{
    private readonly MovableTime _time = new();
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];
    private ClaimStore? _claims;
    private ResultStore? _results;

    private ClaimStore Claims => _claims ?? throw new InvalidOperationException("Not started.");

    private ResultStore Results => _results ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        var azurite = await Azurite.Shared;
        var accounts = new StorageAccounts(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("AzureWebJobsStorage", azurite.ConnectionString)])
            .Build());
        (_claims, _results) = (new ClaimStore(accounts), new ResultStore(accounts));
    }

    public Task DisposeAsync()
    {
        _claims?.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_job_of_another_namespace_is_as_one_that_does_not_exist(bool exists, bool hasEnded)
    {
        if (exists)
        {
            await AddAsync("other", "blue", hasEnded);
        }

        await AddAsync("mine", "red", hasEnded: false, "other");

        var atFirst = await CheckAsync("mine");
        _time.Now += TimeSpan.FromSeconds(61);
        var later = await CheckAsync("mine");

        Assert.Equal((Id("other"), null), (Assert.Single(atFirst.Waiting), atFirst.Error));
        Assert.Equal((ErrorCodes.DependencyFailed, $"The job depends on '{Id("other")}', which was never submitted."), (later.Error?.Code, later.Error?.Message));
    }

    [Theory]
    [InlineData("red", "red")]
    [InlineData(null, "red")]
    [InlineData(null, null)]
    public async Task A_job_may_wait_for_one_of_its_own_namespace_and_one_of_none_for_any(string? mine, string? other)
    {
        await AddAsync("other", other, hasEnded: false);
        await AddAsync("mine", mine, hasEnded: false, "other");
        _time.Now += TimeSpan.FromHours(1);

        var before = await CheckAsync("mine");
        await EndAsync("other");
        var after = await CheckAsync("mine");

        Assert.Equal((Id("other"), null), (Assert.Single(before.Waiting), before.Error));
        Assert.Equal((0, null), (after.Waiting.Count, after.Error));
    }

    [Fact]
    public async Task A_circle_through_another_namespace_is_not_told_of()
    {
        await AddAsync("other", "blue", hasEnded: false, "mine");
        await AddAsync("mine", "red", hasEnded: false, "other");

        var check = await CheckAsync("mine");

        Assert.Equal((Id("other"), null), (Assert.Single(check.Waiting), check.Error));
    }

    private Task<DependencyCheck> CheckAsync(string name) => new CheckDependencies(Claims, Results, _time).RunAsync(Id(name), CancellationToken.None);

    private async Task AddAsync(string name, string? jobNamespace, bool hasEnded, params IReadOnlyList<string> dependsOn)
    {
        var builder = new JobDocumentBuilder("system.echo").WithJobId(Id(name)).WithDependencies(DependencyFailure.Fail, [.. dependsOn.Select(Id)]);
        var document = (jobNamespace is null ? builder : builder.WithNamespace(jobNamespace)).Build();
        await Claims.TryClaimAsync(new JobClaim(document, _time.Now, Source: null), CancellationToken.None);
        if (hasEnded)
        {
            await EndAsync(name);
        }
    }

    private Task EndAsync(string name) => Results.WriteResultAsync(
        new JobResult { JobId = Id(name), Operation = "system.echo", Status = "completed", WorkerId = "w", ExecutionSummary = new ExecutionSummary(_time.Now, 0, 1, null) },
        CancellationToken.None);

    // The emulator is shared with other tests.
    private string Id(string name) => $"depends-{_run}-{name}";
}
