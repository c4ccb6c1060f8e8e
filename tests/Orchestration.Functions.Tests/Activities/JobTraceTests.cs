using System.Diagnostics;
using Orchestration.Functions.Activities;
using Orchestration.Protocol.Documents;

namespace Orchestration.Functions.Tests.Activities;

public class JobTraceTests
{
    [Theory]
    [InlineData("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")]
    [InlineData("4BF92F35-77B3-4DA6-A3CE-929D0E0E4736", null, "4bf92f3577b34da6a3ce929d0e0e4736", null)]
    public void The_spans_of_a_job_belong_to_the_trace_of_its_submitter(string traceId, string? spanId, string trace, string? parent)
    {
        using var listener = Listen();

        using var span = JobTrace.Begin("step map", "trace-job-1", new JobObservability { TraceId = traceId, SpanId = spanId });

        Assert.Equal(trace, span?.TraceId.ToHexString());
        Assert.True(parent is null || span?.ParentSpanId.ToHexString() == parent);
    }

    [Fact]
    public void A_trace_of_another_kind_is_passed_on_in_the_result_only()
    {
        using var listener = Listen();

        using var span = JobTrace.Begin("step map", "trace-job-2", new JobObservability { TraceId = "my trace" });

        Assert.NotNull(span);
        var observability = JobTrace.ForResult("trace-job-2", 1, new JobObservability { TraceId = "my trace", SpanId = "my span" });
        Assert.Equal(("my trace", "my span"), (observability?.TraceId, observability?.ParentSpanId));
        Assert.Equal(16, observability?.SpanId?.Length);
    }

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == JobTrace.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
