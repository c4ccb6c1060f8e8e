using System.Text.Json;
using Orchestration.Functions.Activities;
using Orchestration.Functions.Operations;
using Orchestration.Functions.Orchestrators;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Tests.Orchestrators;

public class JobOrchestratorTests
{
    private static readonly JobPlan Plan = new(
    [
        new JobStage([new JobStep("map", Phases.DiskInspection)]),
        new JobStage([new JobStep("packages", Phases.PackageScan), new JobStep("services", Phases.ServiceScan)]),
    ]);

    [Fact]
    public async Task A_job_that_goes_well_runs_its_stages_in_order_and_writes_its_result_last()
    {
        var context = Context();

        var state = await context.RunAsync();

        Assert.Equal("completed", state);
        Assert.Equal(["ValidateJob", "RunStep map", "RunStep packages", "RunStep services", "WriteResult"], context.Calls.Select(Describe));
        Assert.Equal(JobState.Completed, context.Statuses[^1].State);
        Assert.Equal(100, context.Statuses[^1].Percent);
    }

    [Fact]
    public async Task Progress_only_goes_forward()
    {
        var context = Context();

        await context.RunAsync();

        var percents = context.Statuses.Select(status => status.Percent).ToList();
        Assert.Equal(percents.Order(), percents);
    }

    [Fact]
    public async Task A_refused_document_runs_no_step_and_still_writes_its_result()
    {
        var context = Context();
        context.Activity(nameof(ValidateJob), (ValidationRequest _) =>
            new Validation(null, JobError.Create(ErrorCodes.UnsupportedOperation, "No such operation.", Phases.Validation)));

        var state = await context.RunAsync();

        Assert.Equal("failed", state);
        Assert.Equal(["ValidateJob", "WriteResult"], context.Calls.Select(Describe));
        Assert.Equal([JobState.Created, JobState.Failed], context.Statuses[^1].AuditTrail.Select(change => change.State));
    }

    [Fact]
    public async Task A_stage_whose_step_failed_is_the_last()
    {
        var context = Context();
        context.Activity(nameof(RunStep), (StepRequest step) => new StepOutcome(Error(ErrorCodes.ImageNotFound, step.Phase)));

        var state = await context.RunAsync();

        Assert.Equal("failed", state);
        Assert.Equal(["ValidateJob", "RunStep map", "WriteResult"], context.Calls.Select(Describe));
        Assert.Equal(ErrorCodes.ImageNotFound, context.Statuses[^1].Error?.Code);
    }

    [Fact]
    public async Task A_job_that_failed_shows_how_far_it_came()
    {
        var context = Context();
        context.Activity(nameof(RunStep), (StepRequest step) => new StepOutcome(step.Step == "map" ? null : Error(ErrorCodes.ExecutionError, step.Phase)));

        await context.RunAsync();

        Assert.Equal(PlanProgress.Validated + ((PlanProgress.StepsDone - PlanProgress.Validated) / 3), context.Statuses[^1].Percent);
    }

    [Fact]
    public async Task A_failure_that_may_pass_is_tried_again_after_growing_delays()
    {
        var context = Context(maxAttempts: 3);
        context.Activity(nameof(RunStep), (StepRequest step) =>
            new StepOutcome(step.Attempt < 3 ? Error(ErrorCodes.ExecutionError, step.Phase) : null));

        var state = await context.RunAsync();

        Assert.Equal("completed", state);
        Assert.Collection(
            context.Delays,
            first => Assert.InRange(first, TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(5)),
            second => Assert.InRange(second, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)));
        Assert.Equal(3, context.Statuses[^1].Attempt);
        Assert.Equal(2, context.Statuses[^1].AuditTrail.Count(change => change.State == JobState.Retrying));
        Assert.Null(context.Statuses[^1].Error);
    }

    [Fact]
    public async Task A_failure_that_cannot_get_better_is_not_tried_again()
    {
        var context = Context(maxAttempts: 3);
        context.Activity(nameof(RunStep), (StepRequest step) => new StepOutcome(Error(ErrorCodes.NoOperatingSystem, step.Phase)));

        await context.RunAsync();

        Assert.Equal(1, context.Statuses[^1].Attempt);
        Assert.Empty(context.Delays);
    }

    [Fact]
    public async Task A_step_that_never_answers_is_not_waited_for_beyond_the_timeout()
    {
        var context = Context(timeout: TimeSpan.FromMinutes(5));
        context.ActivityThatHangs(nameof(RunStep));

        var state = await context.RunAsync();

        Assert.Equal("timeout", state);
        Assert.Equal([TimeSpan.FromMinutes(5)], context.Delays);
        Assert.Equal(ErrorCodes.Timeout, context.Statuses[^1].Error?.Code);
        Assert.Equal(JobState.TimedOut, context.Statuses[^1].State);
    }

    [Fact]
    public async Task A_step_that_answers_after_the_timeout_leads_nowhere()
    {
        var context = Context();
        var answer = context.ActivityThatHangs(nameof(RunStep));
        await context.RunAsync();

        answer.SetResult(new StepOutcome(Error: null));

        Assert.Equal(["ValidateJob", "RunStep map", "WriteResult"], context.Calls.Select(Describe));
        Assert.Equal(JobState.TimedOut, context.Statuses[^1].State);
    }

    [Fact]
    public async Task A_deadline_that_comes_before_the_timeout_ends_the_job()
    {
        var context = Context(deadline: new DateTimeOffset(2026, 3, 1, 8, 1, 0, TimeSpan.Zero));
        context.ActivityThatHangs(nameof(RunStep));

        await context.RunAsync();

        Assert.Equal([TimeSpan.FromMinutes(1)], context.Delays);
        Assert.Equal(ErrorCodes.DeadlineExceeded, context.Statuses[^1].Error?.Code);
    }

    [Fact]
    public async Task A_result_that_reports_a_failure_fails_the_job()
    {
        var context = Context();
        context.Activity(nameof(WriteResult), (ResultRequest _) =>
            new ResultOutcome(Error(ErrorCodes.PolicyFailed, Phases.ResultGeneration)));

        var state = await context.RunAsync();

        Assert.Equal("failed", state);
        Assert.Equal(ErrorCodes.PolicyFailed, context.Statuses[^1].Error?.Code);
    }

    [Fact]
    public async Task Of_several_failed_steps_the_first_in_the_plan_is_reported_whichever_failed_first_in_time()
    {
        var servicesFailed = new TaskCompletionSource();
        var context = Context();
        context.Activity(nameof(RunStep), async (StepRequest step) =>
        {
            switch (step.Step)
            {
                case "packages":
                    await servicesFailed.Task;
                    return new StepOutcome(Error(ErrorCodes.ImageCorrupt, step.Phase));
                case "services":
                    servicesFailed.SetResult();
                    return new StepOutcome(Error(ErrorCodes.ResourceLimit, step.Phase));
                default:
                    return new StepOutcome(Error: null);
            }
        });

        await context.RunAsync();

        Assert.Equal(ErrorCodes.ImageCorrupt, context.Statuses[^1].Error?.Code);
    }

    [Fact]
    public async Task Work_that_ends_in_time_leaves_no_timer_running()
    {
        var context = Context();

        await context.RunAsync();

        Assert.Equal(0, context.TimersLeftRunning);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_lets_no_step_run()
    {
        var context = Context(deadline: new DateTimeOffset(2026, 2, 28, 0, 0, 0, TimeSpan.Zero));

        await context.RunAsync();

        Assert.Equal(["ValidateJob", "WriteResult"], context.Calls.Select(Describe));
        Assert.Equal(ErrorCodes.DeadlineExceeded, context.Statuses[^1].Error?.Code);
    }

    [Fact]
    public async Task A_retry_that_could_not_begin_before_the_deadline_is_not_waited_for()
    {
        var context = Context(maxAttempts: 3, deadline: new DateTimeOffset(2026, 3, 1, 8, 0, 3, TimeSpan.Zero));
        context.Activity(nameof(RunStep), (StepRequest step) => new StepOutcome(Error(ErrorCodes.ExecutionError, step.Phase)));

        await context.RunAsync();

        Assert.Empty(context.Delays);
        Assert.Equal(ErrorCodes.ExecutionError, context.Statuses[^1].Error?.Code);
    }

    [Fact]
    public async Task Every_activity_is_retried_for_outside_causes()
    {
        var context = Context();

        await context.RunAsync();

        Assert.Equal(context.Calls.Count, context.Options.Count);
        Assert.All(context.Options, options => Assert.True(options?.Retry?.Policy?.MaxNumberOfAttempts > 1));
    }

    [Theory]
    [InlineData(nameof(ValidateJob), "ValidateJob, WriteResult")]
    [InlineData(nameof(RunStep), "ValidateJob, RunStep map, WriteResult")]
    public async Task An_activity_that_fails_for_good_ends_the_job_with_its_result_written(string activity, string calls)
    {
        var context = Context();
        context.ActivityThatFails(activity);

        var state = await context.RunAsync();

        Assert.Equal("failed", state);
        Assert.Equal(calls, string.Join(", ", context.Calls.Select(Describe)));
        Assert.Equal(ErrorCodes.ExecutionError, context.Statuses[^1].Error?.Code);
        Assert.Equal("The storage account does not answer.", context.Statuses[^1].Error?.Message);
    }

    [Fact]
    public async Task A_job_whose_result_cannot_be_written_has_failed()
    {
        var context = Context();
        context.ActivityThatFails(nameof(WriteResult));

        var state = await context.RunAsync();

        Assert.Equal("failed", state);
        Assert.Equal(JobState.Failed, context.Statuses[^1].State);
    }

    [Theory]
    [InlineData(1, "failed", JobState.Failed)]
    [InlineData(3, "failed", JobState.DeadLettered)]
    public async Task A_job_whose_several_attempts_are_used_up_becomes_a_dead_letter(int maxAttempts, string expected, JobState end)
    {
        var context = Context(maxAttempts);
        context.Activity(nameof(RunStep), (StepRequest step) => new StepOutcome(Error(ErrorCodes.ExecutionError, step.Phase)));

        var state = await context.RunAsync();

        Assert.Equal(expected, state);
        Assert.Equal(end, context.Statuses[^1].State);
        Assert.Equal(ErrorCodes.ExecutionError, context.Statuses[^1].Error?.Code);
        Assert.Equal(maxAttempts, context.Calls.Count(call => call.Activity == nameof(RunStep)));
    }

    [Fact]
    public async Task Every_change_of_state_is_logged_once_and_in_order()
    {
        var context = Context(maxAttempts: 2);
        context.Activity(nameof(RunStep), (StepRequest step) =>
            new StepOutcome(step.Attempt < 2 ? Error(ErrorCodes.ExecutionError, step.Phase) : null));

        await context.RunAsync();

        var last = Assert.IsType<ResultRequest>(context.Calls[^1].Input).Unlogged!.ToEvents();
        var logged = context.Recorded.Concat(last).ToList();
        var trail = context.Statuses[^1].AuditTrail.Select(change => change.State).ToList();
        Assert.Equal(trail.SkipLast(1), logged.Select(entry => entry.Event.ReadState()!.Value));
        Assert.Equal(logged.Count, logged.Select(entry => entry.Key).Distinct().Count());
    }

    [Fact]
    public async Task A_job_with_only_light_steps_logs_nothing_and_carries_its_outputs_to_its_result()
    {
        var context = Context();
        var output = new Checkpoint("hash", new StepMetrics(0.1), JsonSerializer.SerializeToElement("found"));
        var plan = new JobPlan([new JobStage([new JobStep("echo", Phases.Execution, Light: true)])]);
        context.Activity(nameof(ValidateJob), (ValidationRequest _) => new Validation(plan, null));
        context.Activity(nameof(RunStep), (StepRequest _) => new StepOutcome(Error: null, output));

        await context.RunAsync();

        var result = Assert.IsType<ResultRequest>(context.Calls[^1].Input);
        Assert.Empty(context.Recorded);
        Assert.Null(result.Unlogged);
        Assert.Same(output, result.Carried!["echo"]);
    }

    [Fact]
    public async Task The_same_history_leads_to_the_same_decisions()
    {
        var first = Context(maxAttempts: 3);
        var second = Context(maxAttempts: 3);
        foreach (var context in new[] { first, second })
        {
            context.Activity(nameof(RunStep), (StepRequest step) =>
                new StepOutcome(step.Attempt < 2 ? Error(ErrorCodes.ExecutionError, step.Phase) : null));
            await context.RunAsync();
        }

        Assert.Equal(JsonSerializer.Serialize(first.Calls.Select(call => call.Input)), JsonSerializer.Serialize(second.Calls.Select(call => call.Input)));
        Assert.Equal(first.Delays, second.Delays);
        Assert.Equal(ToJson(first.Statuses), ToJson(second.Statuses));

        static string ToJson(List<JobStatus> statuses) => JsonSerializer.Serialize(statuses, ProtocolJson.Options);
    }

    private static JobError Error(string code, string phase) => JobError.Create(code, "As the test says.", phase);

    private static string Describe((string Activity, object? Input) call) =>
        call.Input is StepRequest step ? $"{call.Activity} {step.Step}" : call.Activity;

    private static FakeOrchestrationContext Context(int maxAttempts = 1, TimeSpan? timeout = null, DateTimeOffset? deadline = null)
    {
        var context = new FakeOrchestrationContext(new JobTicket("job-under-test", 1, maxAttempts, timeout ?? TimeSpan.FromHours(1), deadline));
        context.Activity(nameof(ValidateJob), (ValidationRequest _) => new Validation(Plan, null));
        context.Activity(nameof(RunStep), (StepRequest _) => new StepOutcome(Error: null));
        context.Activity(nameof(WriteResult), (ResultRequest request) => new ResultOutcome(request.Error));
        return context;
    }
}
