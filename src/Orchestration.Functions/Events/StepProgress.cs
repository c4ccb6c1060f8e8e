using System.Text.Json;
using Orchestration.Functions.Activities;
using Orchestration.Functions.Storage;
using Orchestration.Protocol;
using Orchestration.Protocol.Progress;

namespace Orchestration.Functions.Events;

/// <summary>
/// What a step tells of its progress. Events are collected and written about once a second, so that a step may report as often as it
/// likes; of those that come faster than they are written, the newest of each second is kept. Safe for concurrent use.
/// </summary>
public sealed class StepProgress : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly EventLog _log;
    private readonly TimeProvider _time;
    private readonly StepRequest _step;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _writing;
    private readonly Lock _gate = new();
    private List<LoggedEvent> _marks = [];
    private LoggedEvent? _newest;

    public StepProgress(EventLog log, TimeProvider time, StepRequest step)
    {
        _log = log;
        _time = time;
        _step = step;
        _writing = WriteRegularlyAsync();
    }

    /// <summary>Notes a fact that must not be left out, such as the step's beginning and its end.</summary>
    public void Mark(string message)
    {
        lock (_gate)
        {
            _marks.Add(Create(message));
        }
    }

    /// <summary>Says how far the step is.</summary>
    public void Report(string message)
    {
        lock (_gate)
        {
            _newest = Create(message);
        }
    }

    /// <summary>Writes what has not been written yet.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _writing;
        await WriteAsync();
        _ended.Dispose();
    }

    private async Task WriteRegularlyAsync()
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                await WriteAsync();
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The rest is written when the step ends.
        }
    }

    private async Task WriteAsync()
    {
        List<LoggedEvent> events;
        lock (_gate)
        {
            events = _newest is null ? _marks : [.. _marks, _newest];
            _marks = [];
            _newest = null;
        }

        try
        {
            await _log.AppendAsync(_step.JobId, events, isProgress: true, CancellationToken.None);
        }
        catch (Exception exception) when (StorageAccounts.IsFailure(exception))
        {
            // A step must not fail because nobody can be told how far it is.
        }
    }

    private LoggedEvent Create(string message) => new(
        new ProgressEvent
        {
            JobId = _step.JobId,
            Timestamp = _time.GetUtcNow(),
            Phase = _step.Phase,
            ProgressPercent = _step.Percent,
            Message = message,
            Details = new Dictionary<string, JsonElement>(StringComparer.Ordinal)
            {
                [ProgressEvent.StepDetail] = JsonSerializer.SerializeToElement(_step.Step, ProtocolJson.Options),
                [ProgressEvent.AttemptDetail] = JsonSerializer.SerializeToElement(_step.Attempt, ProtocolJson.Options),
            },
        },
        Key: null);
}
