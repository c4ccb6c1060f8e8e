using Orchestration.Protocol.States;

namespace Orchestration.Protocol.Tests.States;

public class JobStatusTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_job_that_goes_well_leaves_its_way_in_the_audit_trail()
    {
        var status = JobStatus.Create(Start);
        JobState[] way = [JobState.Validated, JobState.Queued, JobState.Assigned, JobState.Running, JobState.Progressing, JobState.Progressing, JobState.Completed];
        foreach (var (step, state) in way.Index())
        {
            status = status.Change(state, Start.AddSeconds(step + 1));
        }

        Assert.Equal(
            [JobState.Created, JobState.Validated, JobState.Queued, JobState.Assigned, JobState.Running, JobState.Progressing, JobState.Completed],
            status.AuditTrail.Select(change => change.State));
        Assert.Equal(status.AuditTrail.Select(change => change.At).Order(), status.AuditTrail.Select(change => change.At));
    }

    [Theory]
    [InlineData(JobState.Completed, JobState.Running)]
    [InlineData(JobState.Created, JobState.Running)]
    [InlineData(JobState.Cancelled, JobState.Retrying)]
    [InlineData(JobState.Queued, JobState.Completed)]
    public void A_change_that_the_table_does_not_have_is_refused(JobState from, JobState to) =>
        Assert.Throws<InvalidOperationException>(() => (JobStatus.Create(Start) with { State = from }).Change(to, Start));

    [Fact]
    public void Terminal_states_lead_nowhere_but_to_another_attempt()
    {
        foreach (var from in Enum.GetValues<JobState>().Where(JobStateMachine.IsTerminal))
        {
            Assert.All(
                Enum.GetValues<JobState>().Where(to => JobStateMachine.CanChange(from, to)),
                to => Assert.Equal(JobState.Retrying, to));
        }
    }

    [Fact]
    public void Progress_never_goes_back()
    {
        var status = JobStatus.Create(Start).Report(Phases.PackageScan, 60).Report(Phases.ServiceScan, 40);

        Assert.Equal(60, status.Percent);
        Assert.Equal(Phases.ServiceScan, status.Phase);
    }
}
