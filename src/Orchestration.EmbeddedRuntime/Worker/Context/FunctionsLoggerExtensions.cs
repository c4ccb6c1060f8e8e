namespace Microsoft.Extensions.Logging;

/// <summary>Custom metrics through a logger.</summary>
public static class FunctionsLoggerExtensions
{
    private static readonly EventId MetricEvent = new(0, "LogMetric");

    /// <summary>Logs a value under a name, with further properties, as structured state.</summary>
    public static void LogMetric(this ILogger logger, string name, double value, IDictionary<string, object>? properties = null)
    {
        ArgumentNullException.ThrowIfNull(logger);
        var state = new Dictionary<string, object>(properties ?? new Dictionary<string, object>()) { ["Name"] = name, ["Value"] = value };
        logger.Log(LogLevel.Information, MetricEvent, state, null, (metric, _) => $"{metric["Name"]}: {metric["Value"]}");
    }
}
