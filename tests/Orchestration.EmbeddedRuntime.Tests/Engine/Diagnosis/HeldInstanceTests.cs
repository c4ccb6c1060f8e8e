using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;
using static Orchestration.EmbeddedRuntime.Tests.Engine.Diagnosis.Diagnoses;

namespace Orchestration.EmbeddedRuntime.Tests.Engine.Diagnosis;

/// <summary>Every other reason for which an instance may stand still: by its state, by its code, or by the worker.</summary>
public class HeldInstanceTests
{
    [Fact]
    public async Task A_suspended_instance_says_why_and_how_much_it_holds()
    {
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<string>("Go")));
        await StartAsync(host, "Wait");
        await host.Client.SuspendInstanceAsync("it", "lunch", host.Timeout);
        await host.Client.RaiseEventAsync("it", "Go", "held", host.Timeout);

        InstanceDiagnosis diagnosis = await UntilAsync(host, seen => seen.Suspension is { HeldMessages: 1 });

        Assert.Equal("lunch", diagnosis.Suspension?.Reason);
        Assert.Equal(StallCode.Suspended, diagnosis.Reasons[0].Code);
        Assert.Contains("lunch", diagnosis.Reasons[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scheduled_instance_says_when_it_starts()
    {
        var startAt = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Later", _ => Task.CompletedTask));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Later", new StartOrchestrationOptions("it", startAt));

        InstanceDiagnosis? diagnosis = Diagnose(host, "it");

        Assert.Equal(startAt, diagnosis?.StartsAt);
        Assert.Equal(StallCode.ScheduledStart, Assert.Single(diagnosis?.Reasons ?? []).Code);
    }

    [Fact]
    public async Task An_ended_instance_says_how_it_ended()
    {
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Fail", Task (_) => throw new InvalidDataException("broken")));
        await StartAsync(host, "Fail");
        await host.EndOfAsync("it");

        InstanceDiagnosis? diagnosis = Diagnose(host, "it");

        Assert.Equal([StallCode.Ended], Codes(diagnosis));
        Assert.Equal(("Fail", "System.IO.InvalidDataException", "broken"), Error(diagnosis));
    }

    [Fact]
    public async Task A_turn_that_does_not_return_is_seen_running()
    {
        using var gate = new ManualResetEventSlim();
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Block", _ =>
        {
            gate.Wait();
            return Task.CompletedTask;
        }));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Block", new StartOrchestrationOptions("it"));

        InstanceDiagnosis diagnosis = await UntilAsync(host, seen => seen.TurnRunningSince is not null);
        gate.Set();

        Assert.Equal([StallCode.TurnRunning], Codes(diagnosis));
        await host.EndOfAsync("it");
    }

    [Fact]
    public async Task Instances_wait_visibly_for_a_place_to_run()
    {
        using var gate = new ManualResetEventSlim();
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Block", _ =>
            {
                gate.Wait();
                return Task.CompletedTask;
            }),
            services: services => services.Configure<EmbeddedDurableOptions>(options => options.MaxConcurrentOrchestrations = 1));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Block", new StartOrchestrationOptions("first"));
        await Eventually.TrueAsync(() => Task.FromResult(Diagnose(host, "first")?.TurnRunningSince is not null), host.Timeout);
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Block", new StartOrchestrationOptions("it"));

        InstanceDiagnosis? diagnosis = Diagnose(host, "it");
        gate.Set();

        Assert.Equal([StallCode.TurnQueued], Codes(diagnosis));
        Assert.Equal(1, diagnosis?.WaitingMessages);
        await host.EndOfAsync("it");
    }

    [Fact]
    public async Task Changed_code_is_found_before_it_fails_the_instance()
    {
        using var folder = new TemporaryFolder();
        await using (var before = await DurableTestHost.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Change", context => context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None)),
            folder: folder))
        {
            await StartAsync(before, "Change");
        }

        await using var after = await DurableTestHost.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Change", context => context.CallActivityAsync("Other")), folder: folder);
        InstanceDiagnosis? diagnosis = Diagnose(after, "it");

        Assert.Equal([StallCode.CodeChanged, StallCode.Timer], Codes(diagnosis));
        Assert.Equal(OrchestrationRuntimeStatus.Running, diagnosis?.RuntimeStatus);
    }

    [Fact]
    public async Task An_orchestrator_that_is_gone_is_found_before_it_fails_the_instance()
    {
        using var folder = new TemporaryFolder();
        await using (var before = await DurableTestHost.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Gone", context => context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None)),
            folder: folder))
        {
            await StartAsync(before, "Gone");
        }

        await using var after = await DurableTestHost.StartAsync(_ => { }, folder: folder);
        InstanceDiagnosis? diagnosis = Diagnose(after, "it");
        await after.Client.RaiseEventAsync("it", "Any", null, after.Timeout);

        Assert.Equal([StallCode.OrchestratorMissing, StallCode.Timer], Codes(diagnosis));
        Assert.Equal("OrchestratorTaskNotFound", (await after.EndOfAsync("it")).FailureDetails?.ErrorType);
    }

    [Fact]
    public async Task A_version_that_the_worker_rejects_holds_the_instance_visibly_also_when_it_has_begun()
    {
        using var folder = new TemporaryFolder();
        await using (var before = await DurableTestHost.StartAsync(Register, folder: folder))
        {
            await before.Client.ScheduleNewOrchestrationInstanceAsync(
                "Wait", new StartOrchestrationOptions("it") { Version = new TaskVersion("2.0") });
            await before.StartOfAsync("it");
        }

        await using var after = await DurableTestHost.StartAsync(
            Register,
            worker => worker.Configure(options => options.Versioning = new DurableTaskWorkerOptions.VersioningOptions
            {
                Version = "1.0",
                MatchStrategy = DurableTaskWorkerOptions.VersionMatchStrategy.Strict,
                FailureStrategy = DurableTaskWorkerOptions.VersionFailureStrategy.Reject,
            }),
            folder: folder);
        await after.Client.RaiseEventAsync("it", "Go", "x", after.Timeout);
        await Eventually.TrueAsync(() => Task.FromResult(after.Logs.OfTasks(701).Count > 0), after.Timeout);

        InstanceDiagnosis diagnosis = await UntilAsync(after, seen => seen.TurnRunningSince is null);

        Assert.Equal([StallCode.VersionRejected, StallCode.Timer], Codes(diagnosis));
        Assert.Equal(1, diagnosis.WaitingMessages);
        Assert.Equal(OrchestrationRuntimeStatus.Running, diagnosis.RuntimeStatus);

        static void Register(DurableTaskRegistry tasks) => tasks.AddOrchestratorFunc(
            "Wait", context => Task.WhenAny(context.WaitForExternalEvent<string>("Go"), context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None)));
    }
}
