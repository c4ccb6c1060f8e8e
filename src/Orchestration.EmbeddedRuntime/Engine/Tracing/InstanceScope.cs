using System.Collections;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Orchestration.EmbeddedRuntime.Engine.Tracing;

/// <summary>
/// What every log line of an orchestrator or activity belongs to, as a scope of the log: <c>InstanceId</c> and, where the orchestration is
/// traced, <c>TraceId</c>.
/// </summary>
internal sealed class InstanceScope : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly KeyValuePair<string, object?>[] _values;

    private InstanceScope(string instanceId, string? traceParent) =>
        _values = ActivityContext.TryParse(traceParent, null, out ActivityContext trace)
            ? [new("InstanceId", instanceId), new("TraceId", trace.TraceId.ToHexString())]
            : [new("InstanceId", instanceId)];

    public int Count => _values.Length;

    public KeyValuePair<string, object?> this[int index] => _values[index];

    /// <summary>Opens the scope; it ends when the result is disposed.</summary>
    public static IDisposable? Begin(ILogger logger, string instanceId, string? traceParent) => logger.BeginScope(new InstanceScope(instanceId, traceParent));

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _values.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(' ', _values.Select(pair => $"{pair.Key}:{pair.Value}"));
}
