using System.Text.Json;
using Orchestration.Functions.Orchestrators;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Tests.Orchestrators;

public class StatusLimitTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_status_that_fits_is_left_as_it_is()
    {
        var status = Retried(5);

        Assert.Same(status, StatusLimit.Fit(status));
    }

    [Fact]
    public void After_a_hundred_attempts_the_status_still_fits()
    {
        var status = StatusLimit.Fit(Retried(100));

        Assert.InRange(Length(status), 1, StatusLimit.MaximumCharacters);
    }

    [Fact]
    public void What_is_left_of_a_long_audit_trail_is_its_beginning_its_end_and_a_note()
    {
        var whole = Retried(100);

        var trail = StatusLimit.Fit(whole).AuditTrail;

        Assert.Equal(whole.AuditTrail[0], trail[0]);
        Assert.Equal("Earlier changes are left out.", trail[1].Reason);
        Assert.Equal(whole.AuditTrail.TakeLast(trail.Count - 2), trail.Skip(2));
        Assert.True(trail.Count > 20);
    }

    [Fact]
    public void A_message_that_would_not_fit_is_cut()
    {
        var status = Retried(1) with { Error = JobError.Create(ErrorCodes.ExecutionError, new string('\'', 20_000), null), Message = new string('ü', 20_000) };

        var fitted = StatusLimit.Fit(status);

        Assert.InRange(Length(fitted), 1, StatusLimit.MaximumCharacters);
        Assert.Equal(ErrorCodes.ExecutionError, fitted.Error?.Code);
    }

    private static JobStatus Retried(int attempts)
    {
        var status = JobStatus.Create(Start).Change(JobState.Validated, Start);
        for (var attempt = 1; attempt <= attempts; attempt++)
        {
            var at = Start.AddMinutes(attempt);
            status = status.Change(JobState.Queued, at).Change(JobState.Assigned, at).Change(JobState.Running, at)
                .Change(JobState.Retrying, at, $"Attempt {attempt} failed with EXECUTION_ERROR.");
        }

        return status;
    }

    /// <summary>As a host writes it, with the default escapes.</summary>
    private static int Length(JobStatus status) => JsonSerializer.Serialize(JsonSerializer.SerializeToElement(status, ProtocolJson.Options)).Length;
}
