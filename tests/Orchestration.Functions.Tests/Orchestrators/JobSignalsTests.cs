using Orchestration.Functions.Activities;
using Orchestration.Functions.Operations;
using Orchestration.Functions.Orchestrators;
using Orchestration.Functions.Orchestrators.Waits;
using Orchestration.Functions.Turns;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Tests.Orchestrators;

/// <summary>What a job does when it is cancelled, paused and resumed.</summary>
public class JobSignalsTests
{
    private static readonly Cancellation ByOperator = new("operator", "wrong image", new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));

    private static readonly JobPlan Plan = new(
    [
        new JobStage([new JobStep("map", Phases.DiskInspection)]),
        new JobStage([new JobStep("packages", Phases.PackageScan)]),
    ]);

    [Fact]
    public async Task A_cancelled_job_does_not_wait_for_its_step_and_writes_its_result()
    {
        var context = Context();
        context.ActivityThatHangs(nameof(RunStep));
        var run = context.Start();

        context.Raise(JobSignals.CancelEvent, ByOperator);

        Assert.Equal("cancelled", await run);
        Assert.Equal(["ValidateJob", "RunStep", "WriteResult"], context.Calls.Select(call => call.Activity));
        Assert.Equal(ErrorCodes.Cancelled, context.Statuses[^1].Error?.Code);
        Assert.Equal("The job was cancelled by operator: wrong image", context.Statuses[^1].Error?.Message);
        Assert.Equal(0, context.TimersLeftRunning);
    }

    [Fact]
    public async Task A_job_that_is_cancelled_before_it_begins_runs_no_step()
    {
        var context = Context();
        context.Raise(JobSignals.CancelEvent, ByOperator);

        Assert.Equal("cancelled", await context.RunAsync());
        Assert.DoesNotContain(context.Calls, call => call.Activity == nameof(RunStep));
    }

    [Fact]
    public async Task A_job_that_is_cancelled_between_attempts_is_not_tried_again()
    {
        var context = Context(maxAttempts: 5);
        context.Activity(nameof(RunStep), (StepRequest step) =>
            new StepOutcome(JobError.Create(ErrorCodes.ExecutionError, "As the test says.", step.Phase)));
        var run = context.Start();
        Assert.Equal(WaitReasons.RetryDelay, context.Statuses[^1].Waiting?.Reason);

        context.Raise(JobSignals.CancelEvent, ByOperator);

        Assert.Equal("cancelled", await run);
        Assert.Single(context.Calls, call => call.Activity == nameof(RunStep));
        Assert.Equal(0, context.TimersLeftRunning);
    }

    [Fact]
    public async Task A_step_that_saw_the_cancellation_first_ends_the_job_as_cancelled()
    {
        var context = Context(maxAttempts: 3);
        context.Activity(nameof(RunStep), (StepRequest step) => new StepOutcome(JobError.Create(ErrorCodes.Cancelled, "Stopped.", step.Phase)));

        Assert.Equal("cancelled", await context.RunAsync());
        Assert.Single(context.Calls, call => call.Activity == nameof(RunStep));
    }

    [Fact]
    public async Task A_paused_job_ends_its_stage_and_begins_the_next_one_when_it_is_resumed()
    {
        var context = Context();
        var answer = context.ActivityThatHangs(nameof(RunStep));
        var run = context.Start();
        context.Raise(JobSignals.PauseEvent, true);
        context.Activity(nameof(RunStep), (StepRequest _) => new StepOutcome(Error: null));
        answer.SetResult(new StepOutcome(Error: null));

        Assert.Equal(WaitReasons.Paused, context.Statuses[^1].Waiting?.Reason);
        Assert.Single(context.Calls, call => call.Activity == nameof(RunStep));

        context.Raise(JobSignals.PauseEvent, false);

        Assert.Equal("completed", await run);
        Assert.Null(context.Statuses[^1].Waiting);
    }

    [Fact]
    public async Task A_paused_job_can_be_cancelled()
    {
        var context = Context();
        context.Raise(JobSignals.PauseEvent, true);
        var run = context.Start();

        context.Raise(JobSignals.CancelEvent, ByOperator);

        Assert.Equal("cancelled", await run);
    }

    [Fact]
    public async Task A_pause_that_was_taken_back_before_it_took_effect_is_none()
    {
        var context = Context();
        context.Raise(JobSignals.PauseEvent, true);
        context.Raise(JobSignals.PauseEvent, false);

        Assert.Equal("completed", await context.RunAsync());
        Assert.DoesNotContain(context.Statuses, status => status.Waiting is not null);
    }

    [Fact]
    public async Task Time_in_which_a_job_is_paused_does_not_count_against_its_timeout()
    {
        var context = Context(timeout: TimeSpan.FromMinutes(10));
        context.Raise(JobSignals.PauseEvent, true);
        var run = context.Start();
        context.Pass(TimeSpan.FromHours(3));

        context.Raise(JobSignals.PauseEvent, false);

        Assert.Equal("completed", await run);
    }

    [Fact]
    public async Task A_deadline_ends_a_paused_job_too()
    {
        var context = Context(deadline: new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero));
        context.Raise(JobSignals.PauseEvent, true);

        Assert.Equal("timeout", await context.RunAsync());
        Assert.Equal(ErrorCodes.DeadlineExceeded, context.Statuses[^1].Error?.Code);
    }

    [Fact]
    public async Task A_job_waits_for_its_turn_and_says_so_and_tells_the_next_one_when_it_leaves()
    {
        var context = Context(limit: 1);
        context.Gate.Ask(new TurnRequest(new WaitingJob("job-before", 5, ByOperator.At), 1, ByOperator.At));
        var run = context.Start();
        context.Gate.Ask(new TurnRequest(new WaitingJob("job-after", 5, ByOperator.At.AddHours(1)), 1, ByOperator.At));
        Assert.Equal(WaitReasons.ConcurrencyLimit, context.Statuses[^1].Waiting?.Reason);
        Assert.Equal(JobState.Queued, context.Statuses[^1].State);

        context.Gate.Leave(new TurnEnd("job-before", ByOperator.At));
        context.Raise(JobGate.TurnEvent, true);

        Assert.Equal("completed", await run);
        Assert.Equal(["job-after"], context.Told);
        Assert.Equal(["job-after"], context.Gate.Running.Keys);
    }

    [Fact]
    public async Task A_job_that_is_cancelled_while_it_waits_for_its_turn_leaves_the_queue()
    {
        var context = Context(limit: 1);
        context.Gate.Ask(new TurnRequest(new WaitingJob("job-before", 5, ByOperator.At), 1, ByOperator.At));
        var run = context.Start();

        context.Raise(JobSignals.CancelEvent, ByOperator);

        Assert.Equal("cancelled", await run);
        Assert.Empty(context.Gate.Waiting);
        Assert.DoesNotContain(context.Calls, call => call.Activity == nameof(RunStep));
    }

    [Fact]
    public async Task A_job_gives_its_turn_to_others_while_it_is_paused_and_between_attempts()
    {
        var paused = Context(limit: 1);
        paused.Raise(JobSignals.PauseEvent, true);
        _ = paused.Start();
        var retrying = Context(maxAttempts: 2, limit: 1);
        retrying.Activity(nameof(RunStep), (StepRequest step) =>
            new StepOutcome(JobError.Create(ErrorCodes.ExecutionError, "As the test says.", step.Phase)));
        _ = retrying.Start();

        Assert.Empty(paused.Gate.Running);
        Assert.Empty(retrying.Gate.Running);
    }

    [Fact]
    public async Task A_job_waits_until_the_jobs_that_it_depends_on_have_ended()
    {
        var context = Context(dependencies: true);
        var checks = new Queue<DependencyCheck>([new(["job-before"], null), new(["job-before"], null), new([], null)]);
        context.Activity(nameof(CheckDependencies), (string _) => checks.Dequeue());
        var run = context.Start();
        Assert.Equal(WaitReasons.Dependencies, context.Statuses[^1].Waiting?.Reason);
        Assert.Equal(JobState.Validated, context.Statuses[^1].State);
        Assert.DoesNotContain(context.Calls, call => call.Activity == nameof(RunStep));

        context.FireNextTimer();
        context.FireNextTimer();

        Assert.Equal("completed", await run);
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], context.Delays);
    }

    [Fact]
    public async Task A_job_whose_dependency_failed_runs_no_step()
    {
        var context = Context(dependencies: true);
        context.Activity(nameof(CheckDependencies), (string _) =>
            new DependencyCheck([], JobError.Create(ErrorCodes.DependencyFailed, "As the test says.", Phases.Validation)));

        Assert.Equal("failed", await context.RunAsync());
        Assert.DoesNotContain(context.Calls, call => call.Activity == nameof(RunStep));
    }

    [Fact]
    public async Task A_job_that_waits_for_others_ends_at_its_deadline()
    {
        var context = Context(deadline: new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero), dependencies: true);
        context.Activity(nameof(CheckDependencies), (string _) => new DependencyCheck(["job-before"], null));

        Assert.Equal("timeout", await context.RunAsync());
    }

    [Fact]
    public void The_pause_before_another_attempt_grows_to_a_limit_and_differs_from_job_to_job()
    {
        var delays = Enumerable.Range(1, 40).Select(failures => RetryDelay.After("job-under-test", failures)).ToList();
        var others = Enumerable.Range(1, 40).Select(job => RetryDelay.After($"job-under-test-{job}", 1)).ToList();

        Assert.All(delays, delay => Assert.InRange(delay, TimeSpan.FromSeconds(2.5), TimeSpan.FromMinutes(5)));
        Assert.All(delays.Skip(10), delay => Assert.InRange(delay, TimeSpan.FromMinutes(2.5), TimeSpan.FromMinutes(5)));
        Assert.All(others, delay => Assert.InRange(delay, TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(5)));
        Assert.InRange(others.Distinct().Count(), 30, 40);
        Assert.Equal(delays[3], RetryDelay.After("job-under-test", 4));
    }

    private static FakeOrchestrationContext Context(int maxAttempts = 1, TimeSpan? timeout = null, DateTimeOffset? deadline = null, int? limit = null, bool dependencies = false)
    {
        var context = new FakeOrchestrationContext(new JobTicket("job-under-test", 1, maxAttempts, timeout ?? TimeSpan.FromHours(1), deadline)
        {
            HasDependencies = dependencies,
        });
        context.Activity(nameof(ValidateJob), (ValidationRequest _) => new Validation(Plan, null, limit));
        context.Activity(nameof(RunStep), (StepRequest _) => new StepOutcome(Error: null));
        context.Activity(nameof(WriteResult), (ResultRequest request) => new ResultOutcome(request.Error));
        return context;
    }
}
