using System.Diagnostics;
using System.Globalization;

namespace Orchestration.Engine.Bench;

/// <summary>How long something took.</summary>
/// <param name="Time">By the clock.</param>
/// <param name="Processor">Of all threads of the process together, its own and the system's on its behalf.</param>
internal readonly record struct Elapsed(TimeSpan Time, TimeSpan Processor)
{
    /// <summary>Measures from now until the function that it gives is called.</summary>
    public static Func<Elapsed> Begin()
    {
        long began = Stopwatch.GetTimestamp();
        TimeSpan used = Environment.CpuUsage.TotalTime;
        return () => new Elapsed(Stopwatch.GetElapsedTime(began), Environment.CpuUsage.TotalTime - used);
    }
}

/// <summary>Figures as text.</summary>
internal static class Report
{
    public static void Machine()
    {
        string processor = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "?"
            : "?";
        string load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "?";
        Console.WriteLine($"{Environment.ProcessorCount} cores of {processor}, .NET {Environment.Version}, load average {load} at the start");
    }

    /// <summary>A rate, and the processor time that it took: on a busy machine the one that says more.</summary>
    public static string PerSecond(int count, Elapsed elapsed, string unit) => string.Create(
        CultureInfo.InvariantCulture,
        $"{count / elapsed.Time.TotalSeconds:N0} {unit}/s ({elapsed.Time.TotalSeconds:F2} s, {elapsed.Processor.TotalMicroseconds / count:F0} µs of processor each)");

    public static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F1} ms");

    public static string Percentiles(double[] milliseconds)
    {
        Array.Sort(milliseconds);
        return string.Create(CultureInfo.InvariantCulture, $"p50 {At(0.5):F2} ms, p95 {At(0.95):F2} ms, p99 {At(0.99):F2} ms");

        double At(double part) => milliseconds[(int)(part * (milliseconds.Length - 1))];
    }

    /// <summary>What the process holds, after a collection.</summary>
    public static string MemoryInUse()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return string.Create(CultureInfo.InvariantCulture, $"{Environment.WorkingSet / 1e6:N0} MB ({GC.GetTotalMemory(false) / 1e6:N0} MB managed)");
    }
}
