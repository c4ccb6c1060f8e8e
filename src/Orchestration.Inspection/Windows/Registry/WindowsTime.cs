namespace Orchestration.Inspection.Windows.Registry;

/// <summary>Times in units of 100 ns since 1601 (structure <c>FILETIME</c>).</summary>
internal static class WindowsTime
{
    /// <returns>Null for zero, for "never", and for what no calendar has.</returns>
    public static DateTimeOffset? Parse(long ticks) =>
        ticks > 0 && ticks < DateTime.MaxValue.ToFileTimeUtc() ? new DateTimeOffset(DateTime.FromFileTimeUtc(ticks)) : null;
}
