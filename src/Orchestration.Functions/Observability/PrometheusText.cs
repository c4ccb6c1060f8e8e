using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Orchestration.Functions.Observability;

/// <summary>
/// The instruments of a meter in the text format of Prometheus (version 0.0.4). Every measurement is added up when it is made. Safe for
/// concurrent use.
/// </summary>
public sealed class PrometheusText : IDisposable
{
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly Lock _gate = new();
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);

    /// <param name="meter">Its instruments are created afterwards.</param>
    public PrometheusText(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        lock (_gate)
        {
            foreach (var (name, series) in _series)
            {
                AppendHead(text, name, series.Kind, series.Description);
                foreach (var (labels, value) in series.Values)
                {
                    value.Append(text, name, labels);
                }
            }
        }

        return text.ToString();
    }

    /// <summary>Appends a value that is known only when it is asked for.</summary>
    public static void AppendGauge(StringBuilder text, string name, string description, double value)
    {
        AppendHead(text, name, "gauge", description);
        AppendSample(text, name, "", value);
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = LabelsOf(tags);
        lock (_gate)
        {
            if (!_series.TryGetValue(instrument.Name, out var series))
            {
                _series[instrument.Name] = series = new Series(KindOf(instrument), instrument.Description ?? "", (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries);
            }

            if (!series.Values.TryGetValue(labels, out var value))
            {
                series.Values[labels] = value = new Value(series.Bounds);
            }

            value.Add(measurement);
        }
    }

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Histogram<double> => "histogram",
        UpDownCounter<long> => "gauge",
        _ => "counter",
    };

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            var escaped = text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
            labels.Append(labels.Length == 0 ? "" : ",").Append(name).Append("=\"").Append(escaped).Append('"');
        }

        return labels.ToString();
    }

    private static void AppendHead(StringBuilder text, string name, string kind, string description) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(description).Append('\n').Append("# TYPE ").Append(name).Append(' ').Append(kind).Append('\n');

    private static void AppendSample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private sealed record Series(string Kind, string Description, IReadOnlyList<double>? Bounds)
    {
        public SortedDictionary<string, Value> Values { get; } = new(StringComparer.Ordinal);
    }

    private sealed class Value(IReadOnlyList<double>? bounds)
    {
        private readonly long[] _buckets = new long[bounds?.Count ?? 0];
        private double _sum;
        private long _count;

        public void Add(double measurement)
        {
            _sum += measurement;
            _count++;
            for (var bucket = 0; bucket < _buckets.Length; bucket++)
            {
                _buckets[bucket] += measurement <= bounds?[bucket] ? 1 : 0;
            }
        }

        public void Append(StringBuilder text, string name, string labels)
        {
            if (bounds is null)
            {
                AppendSample(text, name, labels, _sum);
                return;
            }

            var separator = labels.Length == 0 ? "" : ",";
            for (var bucket = 0; bucket < _buckets.Length; bucket++)
            {
                AppendSample(text, $"{name}_bucket", string.Create(CultureInfo.InvariantCulture, $"{labels}{separator}le=\"{bounds[bucket]}\""), _buckets[bucket]);
            }

            AppendSample(text, $"{name}_bucket", $"{labels}{separator}le=\"+Inf\"", _count);
            AppendSample(text, $"{name}_sum", labels, _sum);
            AppendSample(text, $"{name}_count", labels, _count);
        }
    }
}
