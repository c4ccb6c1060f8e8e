using System.Globalization;

namespace Orchestration.DiskImages.Bench;

/// <summary>Processor time as Linux counts it.</summary>
internal static class ProcessorTime
{
    private const double TicksPerSecond = 100;

    /// <summary>Seconds that this process and those that it started and waited for have used (utime, stime, cutime, cstime of proc_pid_stat(5)).</summary>
    public static double Now
    {
        get
        {
            var stat = File.ReadAllText("/proc/self/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[11..15].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
    }
}
