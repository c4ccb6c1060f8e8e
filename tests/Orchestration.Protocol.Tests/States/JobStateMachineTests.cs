using Orchestration.Protocol.States;

namespace Orchestration.Protocol.Tests.States;

public class JobStateMachineTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>Section 1.17 of the specification, as it stands there.</summary>
    private static readonly Dictionary<string, string> Specification = new(StringComparer.Ordinal)
    {
        ["Created"] = "Validated Failed Cancelled",
        ["Validated"] = "Queued Failed Cancelled",
        ["Queued"] = "Assigned Failed Cancelled TimedOut",
        ["Assigned"] = "Running Queued Failed Cancelled",
        ["Running"] = "Progressing Completed Failed TimedOut Cancelled Retrying",
        ["Progressing"] = "Progressing Completed Failed TimedOut Cancelled Retrying",
        ["Retrying"] = "Queued Failed Cancelled DeadLettered",
        ["Failed"] = "Retrying",
        ["TimedOut"] = "Retrying",
        ["Completed"] = "",
        ["Cancelled"] = "",
        ["DeadLettered"] = "",
    };

    public static TheoryData<JobState, JobState> Pairs()
    {
        var pairs = new TheoryData<JobState, JobState>();
        foreach (var (from, to) in Enum.GetValues<JobState>().SelectMany(from => Enum.GetValues<JobState>(), (from, to) => (from, to)))
        {
            pairs.Add(from, to);
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_job_goes_from_one_state_to_another_where_the_specification_says_so_and_nowhere_else(JobState from, JobState to)
    {
        var allowed = Specification[from.ToString()].Split(' ').Contains(to.ToString());
        var status = JobStatus.Create(Start) with { State = from };

        var refusal = Record.Exception(() => status.Change(to, Start));

        Assert.Equal(allowed, JobStateMachine.CanChange(from, to));
        Assert.Equal(allowed, refusal is null);
    }

    [Theory]
    [InlineData(JobState.Created, "pending", "created", "Pending")]
    [InlineData(JobState.Validated, "pending", "validated", "Pending")]
    [InlineData(JobState.Queued, "queued", "queued", "Pending")]
    [InlineData(JobState.Assigned, "assigned", "assigned", "Pending")]
    [InlineData(JobState.Running, "running", "running", "Running")]
    [InlineData(JobState.Progressing, "running", "progressing", "Running")]
    [InlineData(JobState.Retrying, "queued", "retrying", "Running")]
    [InlineData(JobState.Completed, "completed", "completed", "Completed")]
    [InlineData(JobState.Failed, "failed", "failed", "Failed")]
    [InlineData(JobState.TimedOut, "timeout", "failed", "TimedOut")]
    [InlineData(JobState.Cancelled, "cancelled", "cancelled", "Cancelled")]
    [InlineData(JobState.DeadLettered, "failed", "failed", "Failed")]
    public void Every_state_has_a_name_in_each_dialect(JobState state, string guestkit, string hyper2Kvm, string octaskly) =>
        Assert.Equal(
            [guestkit, hyper2Kvm, octaskly],
            new[] { WireDialect.Guestkit, WireDialect.Hyper2Kvm, WireDialect.Octaskly }.Select(dialect => JobStateMachine.WireName(state, dialect)));

    [Fact]
    public void The_time_in_a_state_is_added_up_over_all_visits()
    {
        var status = JobStatus.Create(Start)
            .Change(JobState.Validated, Start.AddSeconds(1))
            .Change(JobState.Queued, Start.AddSeconds(1))
            .Change(JobState.Assigned, Start.AddSeconds(3))
            .Change(JobState.Queued, Start.AddSeconds(4))
            .Change(JobState.Assigned, Start.AddSeconds(9));

        var durations = status.DurationsAt(Start.AddSeconds(12));

        Assert.Equal(7, durations[JobState.Queued]);
        Assert.Equal(4, durations[JobState.Assigned]);
        Assert.Equal(1, durations[JobState.Created]);
    }

    [Fact]
    public void An_ended_job_spends_no_more_time()
    {
        var ended = JobStatus.Create(Start).Change(JobState.Failed, Start.AddSeconds(2));

        Assert.Equal(new Dictionary<JobState, double> { [JobState.Created] = 2 }, ended.DurationsAt(Start.AddDays(1)));
    }
}
