using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;
using static Orchestration.EmbeddedRuntime.Tests.Engine.Diagnosis.Diagnoses;

namespace Orchestration.EmbeddedRuntime.Tests.Engine.Diagnosis;

/// <summary>Everything that an instance may wait for, brought about for real.</summary>
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

    // Its asynchronous twin leaves the orchestrator's thread.
    private static void Withdraw(CancellationTokenSource wait) => wait.Cancel();
}
