using System.Diagnostics;
using Orchestration.Functions.Activities;

namespace Orchestration.Functions.Tests.Activities;

public class StepMeterTests
{
    [Fact]
    public void Steps_that_run_side_by_side_share_the_time_evenly()
    {
        using var meter = new StepMeter(TimeProvider.System);
        using var first = meter.Begin();
        using var second = meter.Begin();
        Spend(TimeSpan.FromMilliseconds(200));

        first.Dispose();
        second.Dispose();

        // The second began a moment later, and what the meter itself spends lies between the ends.
        Assert.InRange(first.Processor.TotalMilliseconds, 50, 10_000);
        Assert.InRange((first.Processor - second.Processor).Duration().TotalMilliseconds, 0, first.Processor.TotalMilliseconds);
        Assert.InRange(first.PeakBytes, 1 << 20, long.MaxValue);
    }

    private static void Spend(TimeSpan processor)
    {
        var begin = Process.GetCurrentProcess().TotalProcessorTime;
        while (Process.GetCurrentProcess().TotalProcessorTime - begin < processor)
        {
        }
    }
}
