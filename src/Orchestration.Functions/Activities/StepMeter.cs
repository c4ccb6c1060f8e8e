namespace Orchestration.Functions.Activities;

/// <summary>
/// Measures what steps cost the machine. Processor time is the process's: steps that run side by side share it evenly, so that the bills
/// of all steps add up to what was spent. Memory is the most that was seen while the step ran. Safe for concurrent use.
/// </summary>
public sealed class StepMeter(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly List<StepMeasurement> _running = [];
    private TimeSpan _spent;
    private ITimer? _sampler;

    /// <summary>Begins a measurement; disposing it ends it.</summary>
    public StepMeasurement Begin()
    {
        lock (_gate)
        {
            Advance();
            var measurement = new StepMeasurement(End);
            _running.Add(measurement);
            measurement.PeakBytes = Environment.WorkingSet;
            _sampler ??= time.CreateTimer(_ => Sample(), null, SampleInterval, SampleInterval);
            return measurement;
        }
    }

    public void Dispose() => _sampler?.Dispose();

    private void End(StepMeasurement measurement)
    {
        lock (_gate)
        {
            Advance();
            _running.Remove(measurement);
            if (_running.Count == 0)
            {
                _sampler?.Dispose();
                _sampler = null;
            }
        }
    }

    private void Sample()
    {
        lock (_gate)
        {
            Advance();
        }
    }

    private void Advance()
    {
        var spent = Environment.CpuUsage.TotalTime;
        if (_running.Count > 0)
        {
            var share = (spent - _spent) / _running.Count;
            var memory = Environment.WorkingSet;
            foreach (var measurement in _running)
            {
                measurement.Processor += share;
                measurement.PeakBytes = Math.Max(measurement.PeakBytes, memory);
            }
        }

        _spent = spent;
    }
}

/// <summary>What a step has cost so far; its whole cost once it is disposed.</summary>
public sealed class StepMeasurement(Action<StepMeasurement> end) : IDisposable
{
    /// <summary>Processor time.</summary>
    public TimeSpan Processor { get; internal set; }

    /// <summary>Most memory that the process was seen to use.</summary>
    public long PeakBytes { get; internal set; }

    public void Dispose() => end(this);
}
