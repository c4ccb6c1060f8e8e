using Orchestration.Functions.Activities;
using Orchestration.Functions.Operations;
using Orchestration.Functions.Orchestrators;
using Orchestration.Functions.Orchestrators.Waits;
using Orchestration.Functions.Turns;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Tests.Orchestrators.Waits;

public class WorkerWaitTests
{
    private const string Refusal = "Expected the worker 'w-2', found 'w-1'.";

    [Fact]
    public async Task A_job_that_no_known_worker_may_run_has_found_none()
    {
        var context = Context(step => new StepOutcome(null, Refusal: Refusal), new WorkerCheck("There is no worker 'w-2'."));

        await context.RunAsync();

        Assert.Equal((ErrorCodes.NoMatchingWorker, Refusal), (context.Statuses[^1].Error?.Code, context.Statuses[^1].Error?.Message));
        Assert.Empty(context.Delays);
    }

    [Fact]
    public async Task A_job_waits_for_a_worker_that_is_away_says_so_and_runs_when_it_is_back()
    {
        var context = Context(RefusedFor(rounds: 2));

        var state = await context.RunAsync();

        Assert.Equal("completed", state);
        Assert.Equal([1, 2], context.Delays.Select(delay => delay.TotalSeconds));
        Assert.Contains(context.Statuses, status => status is { State: JobState.Running, Waiting: { Reason: WaitReasons.Worker } waiting } && waiting.Message.Contains("'w-2'", StringComparison.Ordinal));
        Assert.Null(context.Statuses[^1].Waiting);
        Assert.Equal(0, context.TimersLeftRunning);
    }

    [Fact]
    public async Task Time_in_which_a_job_waits_for_a_worker_does_not_count_against_its_timeout()
    {
        var answer = RefusedFor(rounds: 12);
        FakeOrchestrationContext? context = null;
        context = Context(SlowAnswer, timeout: TimeSpan.FromMinutes(1));
        var began = context.CurrentUtcDateTime;

        var state = await context.RunAsync();

        Assert.Equal("completed", state);
        Assert.True(context.CurrentUtcDateTime - began > TimeSpan.FromMinutes(10), "The job waited for longer than its timeout.");
        var ends = context.Calls.Select(call => call.Input).OfType<StepRequest>().Select(step => step.EndsAt.UtcDateTime).ToList();
        Assert.InRange(ends[^1], context.CurrentUtcDateTime + TimeSpan.FromSeconds(30), context.CurrentUtcDateTime + TimeSpan.FromMinutes(1));

        // It takes time to be refused, too.
        StepOutcome SlowAnswer(StepRequest step)
        {
            context!.Pass(TimeSpan.FromSeconds(10));
            return answer(step);
        }
    }

    [Fact]
    public async Task A_worker_that_does_not_come_back_is_waited_for_a_day_and_no_longer_however_many_attempts_there_are()
    {
        var context = Context(_ => new StepOutcome(null, Refusal: Refusal), attempts: 3);
        var began = context.CurrentUtcDateTime;

        await context.RunAsync();

        Assert.Equal(ErrorCodes.NoMatchingWorker, context.Statuses[^1].Error?.Code);
        Assert.Contains("within 24 hours", context.Statuses[^1].Error?.Message, StringComparison.Ordinal);
        Assert.InRange(context.CurrentUtcDateTime - began, WorkerWait.Longest, WorkerWait.Longest + TimeSpan.FromMinutes(10));
        Assert.Equal(0, context.TimersLeftRunning);
    }

    [Fact]
    public async Task A_deadline_ends_a_job_that_waits_for_a_worker()
    {
        var context = Context(_ => new StepOutcome(null, Refusal: Refusal), deadline: new DateTimeOffset(2026, 3, 1, 8, 20, 0, TimeSpan.Zero));

        await context.RunAsync();

        Assert.Equal(ErrorCodes.DeadlineExceeded, context.Statuses[^1].Error?.Code);
        Assert.Equal(new DateTime(2026, 3, 1, 8, 20, 0, DateTimeKind.Utc), context.CurrentUtcDateTime);
        Assert.Equal(0, context.TimersLeftRunning);
    }

    [Fact]
    public async Task A_job_that_waits_for_a_worker_can_be_cancelled()
    {
        var context = Context(_ => new StepOutcome(null, Refusal: Refusal));
        var run = context.Start();

        context.Raise(JobSignals.CancelEvent, new Cancellation(null, null, default));

        Assert.Equal("cancelled", await run);
        Assert.Equal(0, context.TimersLeftRunning);
    }

    [Fact]
    public async Task Only_the_steps_that_were_refused_are_tried_again()
    {
        var refused = false;
        var context = Context(step =>
        {
            var isFirst = step.Step == "services" && !refused;
            refused |= isFirst;
            return new StepOutcome(null, Refusal: isFirst ? Refusal : null);
        });

        var state = await context.RunAsync();

        Assert.Equal("completed", state);
        Assert.Equal(["packages", "services", "services"], context.Calls.Select(call => call.Input).OfType<StepRequest>().Select(step => step.Step));
    }

    [Fact]
    public async Task A_step_that_failed_ends_the_job_though_another_waits_for_a_worker()
    {
        var context = Context(step => step.Step == "packages"
            ? new StepOutcome(JobError.Create(ErrorCodes.ImageCorrupt, "As the test says.", step.Phase))
            : new StepOutcome(null, Refusal: Refusal));

        await context.RunAsync();

        Assert.Equal(ErrorCodes.ImageCorrupt, context.Statuses[^1].Error?.Code);
    }

    [Fact]
    public async Task A_job_that_waits_for_a_worker_leaves_its_turn_to_others()
    {
        var context = Context(RefusedFor(rounds: 1));
        context.Activity(nameof(ValidateJob), (ValidationRequest _) => new Validation(Plan, null, MaximumConcurrent: 1));
        var run = context.Start();
        context.Gate.Ask(new TurnRequest(new WaitingJob("job-of-others", 5, default), 1, default));
        context.FireNextTimer();

        Assert.Equal(WaitReasons.ConcurrencyLimit, context.Statuses[^1].Waiting?.Reason);
        context.Raise(JobGate.TurnEvent, true);
        Assert.Equal("completed", await run);
    }

    /// <summary>A worker that refuses both steps of the plan as often as that, and runs them then.</summary>
    private static Func<StepRequest, StepOutcome> RefusedFor(int rounds)
    {
        var tries = 0;
        return _ => new StepOutcome(null, Refusal: ++tries > 2 * rounds ? null : Refusal);
    }

    private static readonly JobPlan Plan =
        new([new JobStage([new JobStep("packages", Phases.PackageScan), new JobStep("services", Phases.ServiceScan)])]);

    private static FakeOrchestrationContext Context(
        Func<StepRequest, StepOutcome> runStep, WorkerCheck? check = null, TimeSpan? timeout = null, DateTimeOffset? deadline = null, int attempts = 1)
    {
        var context = new FakeOrchestrationContext(new JobTicket("job-under-test", 1, attempts, timeout ?? TimeSpan.FromHours(1), deadline));
        context.Activity(nameof(ValidateJob), (ValidationRequest _) => new Validation(Plan, null));
        context.Activity(nameof(RunStep), runStep);
        context.Activity<string, WorkerCheck>(nameof(CheckWorkers), _ => check ?? new WorkerCheck(null));
        context.Activity(nameof(WriteResult), (ResultRequest request) => new ResultOutcome(request.Error));
        return context;
    }
}
