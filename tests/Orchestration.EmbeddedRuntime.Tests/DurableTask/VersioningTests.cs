using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;
using static Microsoft.DurableTask.Worker.DurableTaskWorkerOptions;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask;

public class VersioningTests
{
    [Theory]
    [InlineData(VersionMatchStrategy.None, "9.0", null)]
    [InlineData(VersionMatchStrategy.Strict, "1.0", null)]
    [InlineData(VersionMatchStrategy.Strict, "0.9", "VersionMismatch")]
    [InlineData(VersionMatchStrategy.CurrentOrOlder, "0.9", null)]
    [InlineData(VersionMatchStrategy.CurrentOrOlder, "1.10", "VersionMismatch")]
    public async Task An_instance_fails_when_its_version_does_not_match_the_workers_rule(VersionMatchStrategy strategy, string version, string? error)
    {
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Versioned", context => context.Version),
            worker => worker.UseVersioning(new VersioningOptions { Version = "1.0", MatchStrategy = strategy, FailureStrategy = VersionFailureStrategy.Fail }));

        OrchestrationMetadata ended = await host.RunAsync("Versioned", options: new StartOrchestrationOptions { Version = version });

        Assert.Equal(error, ended.FailureDetails?.ErrorType);
    }

    [Fact]
    public async Task Default_versions_apply_where_none_is_named()
    {
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc("Top", async context =>
                {
                    string inherited = await context.CallSubOrchestratorAsync<string>("Child");
                    string named = await context.CallSubOrchestratorAsync<string>("Child", new SubOrchestrationOptions { Version = "0.2" });
                    string none = await context.CallSubOrchestratorAsync<string>("Child", new SubOrchestrationOptions { Version = TaskVersion.Unversioned });
                    return $"{context.Version} {inherited} {named} '{none}'";
                })
                .AddOrchestratorFunc("Child", context => context.Version),
            worker => worker.UseVersioning(new VersioningOptions { DefaultVersion = "0.1" }),
            client => client.UseDefaultVersion("7.0"));

        Assert.Equal("7.0 0.1 0.2 ''", (await host.RunAsync("Top")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_activity_has_its_instances_version_unless_the_call_names_another_or_none()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Calls", async context =>
            {
                string inherited = await context.CallActivityAsync<string>("Tell");
                string named = await context.CallActivityAsync<string>("Tell", new TaskOptions { Version = "0.2" });
                string none = await context.CallActivityAsync<string>("Tell", new TaskOptions { Version = TaskVersion.Unversioned });
                return $"{inherited} {named} '{none}'";
            })
            .AddActivityFunc("Tell", (TaskActivityContext context) => context.Version));

        OrchestrationMetadata ended = await host.RunAsync("Calls", options: new StartOrchestrationOptions { Version = "7.0" });

        Assert.Equal("7.0 0.2 ''", ended.ReadOutputAs<string>());
    }

    [Theory]
    [InlineData("1.0", "first")]
    [InlineData("3.0", null)]
    [InlineData("", null)]
    public async Task An_orchestrator_is_found_by_its_exact_version_and_unversioned_ones_stand_in_only_where_none_has_a_version(
        string version, string? expected)
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestrator<First>()
            .AddOrchestrator<Second>()
            .AddOrchestratorFunc("Plain", context => context.Version));

        OrchestrationMetadata ended = await host.RunAsync("Chosen", options: new StartOrchestrationOptions { Version = version });
        OrchestrationMetadata plain = await host.RunAsync("Plain", options: new StartOrchestrationOptions { Version = version });

        Assert.Equal((expected, expected is null ? "OrchestratorTaskNotFound" : null), (ended.ReadOutputAs<string>(), ended.FailureDetails?.ErrorType));
        Assert.Equal(version, plain.ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_new_version_at_a_continuation_picks_the_orchestrator_of_that_version()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<object?, string>("Moves", "1", (context, _) =>
            {
                context.ContinueAsNew(new ContinueAsNewOptions { NewVersion = "2" });
                return Task.FromResult("first");
            })
            .AddOrchestratorFunc<object?, string>("Moves", "2", (_, _) => Task.FromResult("second")));

        Assert.Equal("second", (await host.RunAsync("Moves", options: new StartOrchestrationOptions { Version = "1" })).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "1", -1)]
    [InlineData("1.9", "1.10", -1)]
    [InlineData("2.0", "1.10", 1)]
    [InlineData("Beta", "alpha", 1)]
    public void Versions_compare_as_numbers_where_they_are_numbers(string left, string right, int expected) =>
        Assert.Equal(expected, Math.Sign(Microsoft.DurableTask.Abstractions.TaskOrchestrationVersioningUtils.CompareVersions(left, right)));

    [DurableTask("Chosen", Version = "1.0")]
    private sealed class First : TaskOrchestrator<object?, string>
    {
        public override Task<string> RunAsync(TaskOrchestrationContext context, object? input) => Task.FromResult("first");
    }

    [DurableTask("Chosen", Version = "2.0")]
    private sealed class Second : TaskOrchestrator<object?, string>
    {
        public override Task<string> RunAsync(TaskOrchestrationContext context, object? input) => Task.FromResult("second");
    }
}
