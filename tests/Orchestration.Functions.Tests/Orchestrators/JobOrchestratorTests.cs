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

        var state = await JobOrchestrator.RunAsync(context);

        Assert.Equal("completed", state);
        Assert.Equal(["ValidateJob", "RunStep map", "RunStep packages", "RunStep services", "WriteResult"], context.Calls.Select(Describe));
        Assert.Equal(JobState.Completed, context.Statuses[^1].State);
        Assert.Equal(100, context.Statuses[^1].Percent);
    }

    [Fact]
    public async Task Progress_only_goes_forward()
    {
        var context = Context();

        await JobOrchestrator.RunAsync(context);

        var percents = context.Statuses.Select(status => status.Percent).ToList();
        Assert.Equal(percents.Order(), percents);
    }

    [Fact]
    public async Task A_refused_document_runs_no_step_and_still_writes_its_result()
    {
        var context = Context();
        context.Activity(nameof(ValidateJob), (string _) =>
            new Validation(null, JobError.Create(ErrorCodes.UnsupportedOperation, "No such operation.", Phases.Validation)));

        var state = await JobOrchestrator.RunAsync(context);

        Assert.Equal("failed", state);
        Assert.Equal(["ValidateJob", "WriteResult"], context.Calls.Select(Describe));
        Assert.Equal([JobState.Created, JobState.Failed], context.Statuses[^1].AuditTrail.Select(change => change.State));
    }

    [Fact]
    public async Task A_stage_whose_step_failed_is_the_last()
    {
        var context = Context();
        context.Activity(nameof(RunStep), (StepRequest step) => new StepOutcome(Error(ErrorCodes.ImageNotFound, step.Phase)));

        var state = await JobOrchestrator.RunAsync(context);

        Assert.Equal("failed", state);
        Assert.Equal(["ValidateJob", "RunStep map", "WriteResult"], context.Calls.Select(Describe));
        Assert.Equal(ErrorCodes.ImageNotFound, context.Statuses[^1].Error?.Code);
    }

    [Fact]
    public async Task A_failure_that_may_pass_is_tried_again_after_growing_delays()
    {
        var context = Context(maxAttempts: 3);
        context.Activity(nameof(RunStep), (StepRequest step) =>
            new StepOutcome(step.Attempt < 3 ? Error(ErrorCodes.ExecutionError, step.Phase) : null));

        var state = await JobOrchestrator.RunAsync(context);

        Assert.Equal("completed", state);
        Assert.Equal([TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)], context.Delays);
        Assert.Equal(3, context.Statuses[^1].Attempt);
        Assert.Equal(2, context.Statuses[^1].AuditTrail.Count(change => change.State == JobState.Retrying));
        Assert.Null(context.Statuses[^1].Error);
    }

    [Fact]
    public async Task A_failure_that_cannot_get_better_is_not_tried_again()
    {
        var context = Context(maxAttempts: 3);
        context.Activity(nameof(RunStep), (StepRequest step) => new StepOutcome(Error(ErrorCodes.NoOperatingSystem, step.Phase)));

        await JobOrchestrator.RunAsync(context);

        Assert.Equal(1, context.Statuses[^1].Attempt);
        Assert.Empty(context.Delays);
    }

    [Fact]
    public async Task A_step_that_never_answers_is_not_waited_for_beyond_the_timeout()
    {
        var context = Context(timeout: TimeSpan.FromMinutes(5));
        context.ActivityThatHangs(nameof(RunStep));

        var state = await JobOrchestrator.RunAsync(context);

        Assert.Equal("timeout", state);
        Assert.Equal([TimeSpan.FromMinutes(5)], context.Delays);
        Assert.Equal(ErrorCodes.Timeout, context.Statuses[^1].Error?.Code);
        Assert.Equal(JobState.TimedOut, context.Statuses[^1].State);
    }

    [Fact]
    public async Task A_deadline_that_comes_before_the_timeout_ends_the_job()
    {
        var context = Context(deadline: new DateTimeOffset(2026, 3, 1, 8, 1, 0, TimeSpan.Zero));
        context.ActivityThatHangs(nameof(RunStep));

        await JobOrchestrator.RunAsync(context);

        Assert.Equal([TimeSpan.FromMinutes(1)], context.Delays);
        Assert.Equal(ErrorCodes.DeadlineExceeded, context.Statuses[^1].Error?.Code);
    }

    [Fact]
    public async Task A_result_that_reports_a_failure_fails_the_job()
    {
        var context = Context();
        context.Activity(nameof(WriteResult), (ResultRequest _) =>
            new ResultOutcome(Error(ErrorCodes.PolicyFailed, Phases.ResultGeneration)));

        var state = await JobOrchestrator.RunAsync(context);

        Assert.Equal("failed", state);
        Assert.Equal(ErrorCodes.PolicyFailed, context.Statuses[^1].Error?.Code);
    }

    private static JobError Error(string code, string phase) => JobError.Create(code, "As the test says.", phase);

    private static string Describe((string Activity, object? Input) call) =>
        call.Input is StepRequest step ? $"{call.Activity} {step.Step}" : call.Activity;

    private static FakeOrchestrationContext Context(int maxAttempts = 1, TimeSpan? timeout = null, DateTimeOffset? deadline = null)
    {
        var context = new FakeOrchestrationContext(new JobTicket("job-under-test", 1, maxAttempts, timeout ?? TimeSpan.FromHours(1), deadline));
        context.Activity(nameof(ValidateJob), (string _) => new Validation(Plan, null));
        context.Activity(nameof(RunStep), (StepRequest _) => new StepOutcome(Error: null));
        context.Activity(nameof(WriteResult), (ResultRequest request) => new ResultOutcome(request.Error));
        return context;
    }
}
