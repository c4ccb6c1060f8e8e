using Orchestration.Functions.Observability;

namespace Orchestration.Functions.Tests.Observability;

public sealed class JobMetersTests : IDisposable
{
    private readonly JobMeters _meters = new();

    public void Dispose() => _meters.Dispose();

    [Fact]
    public void Jobs_are_counted_by_operation_and_status()
    {
        _meters.JobEnded("system.echo", "completed", TimeSpan.FromSeconds(1));
        _meters.JobEnded("system.echo", "completed", TimeSpan.FromSeconds(1));
        _meters.JobEnded("system.echo", "failed", TimeSpan.FromSeconds(1));

        Assert.Contains("guestkit_worker_jobs_total{operation=\"system.echo\",status=\"completed\"} 2\n", Text, StringComparison.Ordinal);
        Assert.Contains("guestkit_worker_jobs_total{operation=\"system.echo\",status=\"failed\"} 1\n", Text, StringComparison.Ordinal);
        Assert.Contains("# TYPE guestkit_worker_jobs_total counter\n", Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Durations_are_in_buckets_that_each_hold_those_below_it()
    {
        _meters.JobEnded("system.echo", "completed", TimeSpan.FromSeconds(0.5));
        _meters.JobEnded("system.echo", "completed", TimeSpan.FromSeconds(3));
        _meters.JobEnded("system.echo", "completed", TimeSpan.FromSeconds(5000));

        string[] expected =
        [
            "# TYPE guestkit_worker_jobs_duration_seconds histogram",
            "guestkit_worker_jobs_duration_seconds_bucket{le=\"1\"} 1",
            "guestkit_worker_jobs_duration_seconds_bucket{le=\"2\"} 1",
            "guestkit_worker_jobs_duration_seconds_bucket{le=\"4\"} 2",
            "guestkit_worker_jobs_duration_seconds_bucket{le=\"2048\"} 2",
            "guestkit_worker_jobs_duration_seconds_bucket{le=\"+Inf\"} 3",
            "guestkit_worker_jobs_duration_seconds_sum 5003.5",
            "guestkit_worker_jobs_duration_seconds_count 3",
        ];
        Assert.Subset(Text.Split('\n').ToHashSet(), expected.ToHashSet());
    }

    [Fact]
    public void A_job_is_active_while_any_of_its_steps_is_at_work_however_they_end()
    {
        Assert.Equal("0", ActiveJobs());
        var first = _meters.BeginStep("meters-job-1");
        var second = _meters.BeginStep("meters-job-1");
        var other = _meters.BeginStep("meters-job-2");
        Assert.Equal("2", ActiveJobs());

        first.Dispose();
        first.Dispose();
        Assert.Equal("2", ActiveJobs());
        second.Dispose();
        other.Dispose();

        Assert.Equal("0", ActiveJobs());
    }

    [Fact]
    public void Steps_tell_what_they_read_and_how_they_ended()
    {
        _meters.StepEnded("guestkit.inspect", succeeded: true, TimeSpan.FromSeconds(2), readBytes: 4096);
        _meters.StepEnded("guestkit.inspect", succeeded: false, TimeSpan.FromSeconds(2), readBytes: 0);
        _meters.ChecksumVerified(succeeded: false);

        Assert.Contains("guestkit_handler_executions_total{handler=\"guestkit.inspect\",status=\"failure\"} 1\n", Text, StringComparison.Ordinal);
        Assert.Contains("guestkit_handler_duration_seconds_count{handler=\"guestkit.inspect\"} 2\n", Text, StringComparison.Ordinal);
        Assert.Contains("guestkit_worker_disk_read_bytes_total 4096\n", Text, StringComparison.Ordinal);
        Assert.Contains("guestkit_checksum_verifications_total{status=\"failure\"} 1\n", Text, StringComparison.Ordinal);
    }

    private string Text => _meters.Text.ToString();

    private string ActiveJobs() =>
        Text.Split('\n').Single(line => line.StartsWith("guestkit_worker_active_jobs ", StringComparison.Ordinal)).Split(' ')[1];
}
