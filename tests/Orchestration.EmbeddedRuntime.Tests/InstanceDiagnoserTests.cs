using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests;

/// <summary>Every reason for which an instance may stand still, brought about for real.</summary>
public class InstanceDiagnoserTests
{
    [Fact]
    public async Task An_instance_that_does_not_exist_has_no_diagnosis()
    {
        await using var host = await DurableTestHost.StartAsync(_ => { });

        Assert.Null(Diagnose(host, "nobody"));
    }

    [Fact]
    public async Task Awaited_and_misspelt_events_are_named()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Wait", async context =>
        {
            using var withdrawn = new CancellationTokenSource();
            Task cancelled = context.WaitForExternalEvent<string>("Withdrawn", withdrawn.Token);
            Withdraw(withdrawn);
            await Task.WhenAll(context.WaitForExternalEvent<string>("Approval"), context.WaitForExternalEvent<string>("Budget"));
        }));
        await StartAsync(host, "Wait");
        await host.Client.RaiseEventAsync("it", "Aproval", true, host.Timeout);

        InstanceDiagnosis diagnosis = await UntilAsync(host, seen => seen.UnreceivedEvents.Count > 0);

        Assert.Equal(["Approval", "Budget"], diagnosis.AwaitedEvents);
        Assert.Equal(["Aproval"], diagnosis.UnreceivedEvents);
        Assert.Equal([StallCode.ExternalEvent, StallCode.ExternalEvent], Codes(diagnosis));
        Assert.Contains("'Approval'", diagnosis.Reasons[0].Message, StringComparison.Ordinal);
        Assert.Equal(2, diagnosis.LastTurn?.Count);
        Assert.Equal(OrchestrationRuntimeStatus.Running, diagnosis.RuntimeStatus);
    }

    [Fact]
    public async Task An_entity_that_another_has_locked_is_named_with_its_lock()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddEntity<Counter>()
            .AddCaller()
            .AddOrchestratorFunc("Holds", async context =>
            {
                await using (await context.Entities.LockEntitiesAsync(EntityTestTasks.CounterId()))
                {
                    await context.WaitForExternalEvent<string>("Go");
                }
            })
            .AddOrchestratorFunc("Wants", context => context.Entities.LockEntitiesAsync(EntityTestTasks.CounterId())));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Holds", new StartOrchestrationOptions("holder"));
        await Eventually.TrueAsync(() => Task.FromResult(Diagnose(host, "holder")?.AwaitedEvents.Count == 1), host.Timeout);
        await StartAsync(host, "Wants");

        InstanceDiagnosis diagnosis = await UntilAsync(host, seen => seen.Entities.Any(entity => entity.WaitingMessages > 0));

        Assert.Equal(
            new EntityDiagnosis(0, "@counter@c", null, diagnosis.Entities[0].ScheduledAt, 1, "holder"), Assert.Single(diagnosis.Entities));
        Assert.Equal([StallCode.Entity], Codes(diagnosis));
        Assert.Contains("a lock on the entity '@counter@c', which 'holder' has locked", diagnosis.Reasons[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Running_and_queued_activities_are_told_apart()
    {
        var gate = new TaskCompletionSource();
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc("Work", context => Task.WhenAll(context.CallActivityAsync("Hold"), context.CallActivityAsync("Hold")))
                .AddActivityFunc("Hold", (TaskActivityContext _) => gate.Task),
            services: services => services.Configure<EmbeddedDurableOptions>(options => options.MaxConcurrentActivities = 1));
        await StartAsync(host, "Work");

        InstanceDiagnosis diagnosis = await UntilAsync(host, seen => seen.Activities.Any(activity => activity.StartedAt is not null));
        gate.SetResult();

        Assert.Equal(["Hold", "Hold"], diagnosis.Activities.Select(activity => activity.Name));
        Assert.Single(diagnosis.Activities, activity => activity.StartedAt is null);
        Assert.All(diagnosis.Activities, activity => Assert.True(activity.ScheduledAt == diagnosis.LastTurn?.At));
        Assert.Equal([StallCode.Activity, StallCode.Activity], Codes(diagnosis));
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.EndOfAsync("it")).RuntimeStatus);
    }

    [Fact]
    public async Task A_running_activity_shows_its_last_heartbeat()
    {
        var gate = new TaskCompletionSource();
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Work", context => context.CallActivityAsync("Read"))
            .AddActivityFunc("Read", (TaskActivityContext context) =>
            {
                var embedded = (EmbeddedActivityContext)context;
                embedded.Heartbeat("block 1 of 2");
                embedded.Heartbeat("block 2 of 2" + new string('.', 2000));
                return gate.Task;
            }));
        await StartAsync(host, "Work");

        InstanceDiagnosis diagnosis = await UntilAsync(
            host, seen => seen.Activities is [{ LastHeartbeat.Progress: { } progress }] && progress.StartsWith("block 2", StringComparison.Ordinal));
        gate.SetResult();

        Assert.Equal(EmbeddedActivityContext.MaxProgressLength, diagnosis.Activities[0].LastHeartbeat?.Progress?.Length);
        Assert.True(diagnosis.Activities[0].LastHeartbeat?.At >= diagnosis.Activities[0].StartedAt);
        Assert.Contains("block 2 of 2", Assert.Single(diagnosis.Reasons).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeated_activity_shows_its_attempt_and_the_last_error()
    {
        var gate = new TaskCompletionSource();
        int calls = 0;
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Retry", context => context.CallActivityAsync(
                "Flaky", new TaskOptions(new RetryPolicy(5, TimeSpan.FromMilliseconds(1)))))
            .AddActivityFunc("Flaky", (TaskActivityContext _) => Interlocked.Increment(ref calls) < 3
                ? throw new InvalidDataException("no good")
                : gate.Task));
        await StartAsync(host, "Retry");

        InstanceDiagnosis diagnosis = await UntilAsync(host, seen => seen.Activities is [{ Attempt: 3 }]);
        gate.SetResult();

        Assert.Equal(("Flaky", "System.IO.InvalidDataException", "no good"), Error(diagnosis));
        Assert.Contains("attempt 3", Assert.Single(diagnosis.Reasons).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_timer_shows_when_it_is_due_and_a_cancelled_one_is_gone()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Sleep", async context =>
        {
            using var withdrawn = new CancellationTokenSource();
            Task cancelled = context.CreateTimer(TimeSpan.FromHours(2), withdrawn.Token);
            await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
            Withdraw(withdrawn);
            await context.CreateTimer(new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc), CancellationToken.None);
        }), worker => worker.Configure(options => options.MaximumTimerInterval = TimeSpan.FromDays(100_000)));
        await StartAsync(host, "Sleep");

        InstanceDiagnosis diagnosis = await UntilAsync(host, seen => seen.LastTurn?.Count == 2 && seen.TurnRunningSince is null);

        Assert.Equal(new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero), Assert.Single(diagnosis.Timers).DueAt);
        Assert.Equal([StallCode.Timer], Codes(diagnosis));
    }

    [Fact]
    public async Task A_sub_orchestration_shows_where_it_stands()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync("Child", new TaskOptions().WithInstanceId("child")))
            .AddOrchestratorFunc("Child", context => context.WaitForExternalEvent<string>("Go")));
        await StartAsync(host, "Parent");
        await host.StartOfAsync("child");

        InstanceDiagnosis diagnosis = await UntilAsync(host, seen => seen.SubOrchestrations is [{ RuntimeStatus: OrchestrationRuntimeStatus.Running }]);

        Assert.Equal(("Child", "child", 1), (diagnosis.SubOrchestrations[0].Name, diagnosis.SubOrchestrations[0].InstanceId, diagnosis.SubOrchestrations[0].Attempt));
        Assert.Equal([StallCode.SubOrchestration], Codes(diagnosis));
    }

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

    // Its asynchronous twin leaves the orchestrator's thread.
    private static void Withdraw(CancellationTokenSource wait) => wait.Cancel();

    private static async Task StartAsync(DurableTestHost host, string orchestrator)
    {
        await host.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, new StartOrchestrationOptions("it"));
        await host.StartOfAsync("it");
    }

    private static InstanceDiagnosis? Diagnose(DurableTestHost host, string instanceId) =>
        host.Services.GetRequiredService<InstanceDiagnoser>().Diagnose(instanceId);

    private static async Task<InstanceDiagnosis> UntilAsync(DurableTestHost host, Predicate<InstanceDiagnosis> isThere)
    {
        InstanceDiagnosis? last = null;
        await Eventually.TrueAsync(
            () =>
            {
                last = Diagnose(host, "it");
                return Task.FromResult(last is not null && isThere(last));
            },
            host.Timeout);
        return last ?? throw new InvalidOperationException("There is no instance.");
    }

    private static IEnumerable<StallCode> Codes(InstanceDiagnosis? diagnosis) => (diagnosis?.Reasons ?? []).Select(reason => reason.Code);

    private static (string?, string?, string?) Error(InstanceDiagnosis? diagnosis) =>
        (diagnosis?.LastError?.Source, diagnosis?.LastError?.ErrorType, diagnosis?.LastError?.Message);
}
