using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestration.Functions.Activities;
using Orchestration.Functions.Events;
using Orchestration.Functions.Orchestrators;
using Orchestration.Functions.Turns;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Tests.Orchestrators;

/// <summary>
/// An orchestration whose activities are given by the test, and whose clock moves only when a timer fires, which happens when there is
/// nothing else to wait for.
/// </summary>
internal sealed class FakeOrchestrationContext(JobTicket ticket) : TaskOrchestrationContext
{
    private readonly Dictionary<string, Func<object?, Task<object?>>> _activities = new(StringComparer.Ordinal);
    private readonly List<PendingTimer> _timers = [];
    private readonly Dictionary<string, Queue<object?>> _events = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Action<object?>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    private DateTime _now = new(2026, 3, 1, 8, 0, 0, DateTimeKind.Utc);

    public override TaskName Name => nameof(JobOrchestrator);

    public override string InstanceId => ticket.JobId;

    public override ParentOrchestrationInstance? Parent => null;

    public override DateTime CurrentUtcDateTime => _now;

    public override bool IsReplaying => false;

    /// <summary>The calls made, in order: activity and input.</summary>
    public List<(string Activity, object? Input)> Calls { get; } = [];

    /// <summary>What the event log was told but for the job's end, in order. It is not among the calls.</summary>
    public List<LoggedEvent> Recorded { get; } = [];

    /// <summary>Every status published, in order.</summary>
    public List<JobStatus> Statuses { get; } = [];

    /// <summary>How each call is retried, in order.</summary>
    public List<TaskOptions?> Options { get; } = [];

    /// <summary>Timers that have neither fired nor been cancelled.</summary>
    public int TimersLeftRunning => _timers.Count;

    /// <summary>The delays of timers that fired.</summary>
    public List<TimeSpan> Delays { get; } = [];

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    /// <summary>Runs the orchestrator to its end.</summary>
    public async Task<string> RunAsync()
    {
        var run = Start();
        while (!run.IsCompleted)
        {
            FireNextTimer();
        }

        return await run;
    }

    /// <summary>Runs the orchestrator until it waits for a timer, an event or an activity that hangs.</summary>
    public Task<string> Start() => JobOrchestrator.RunAsync(this);

    /// <summary>Lets the time pass until the next timer is due.</summary>
    public void FireNextTimer()
    {
        var next = _timers.MinBy(timer => timer.FireAt) ?? throw new InvalidOperationException("The orchestration waits for nothing that will come.");
        _timers.Remove(next);
        Delays.Add(next.FireAt - _now);
        _now = next.FireAt;
        next.Fired.SetResult();
    }

    /// <summary>Lets time pass in which nothing happens.</summary>
    public void Pass(TimeSpan time) => _now += time;

    /// <summary>Sends the orchestration an event.</summary>
    public void Raise(string eventName, object? payload)
    {
        if (_waiters.Remove(eventName, out var waiter))
        {
            waiter(payload);
            return;
        }

        if (!_events.TryGetValue(eventName, out var queue))
        {
            _events[eventName] = queue = [];
        }

        queue.Enqueue(payload);
    }

    public void Activity<TInput, TOutput>(string name, Func<TInput, TOutput> run) =>
        _activities[name] = input => Task.FromResult<object?>(run((TInput)input!));

    /// <summary>An activity that the test lets end when it wants.</summary>
    public void Activity<TInput, TOutput>(string name, Func<TInput, Task<TOutput>> run) =>
        _activities[name] = async input => await run((TInput)input!);

    /// <summary>An activity that has failed as often as its policy allows.</summary>
    public void ActivityThatFails(string name, Exception? cause = null) => _activities[name] = _ =>
        Task.FromException<object?>(new TaskFailedException(name, 0, cause ?? new IOException("The storage account does not answer.")));

    /// <summary>An activity that does not answer, unless the test completes what this returns.</summary>
    public TaskCompletionSource<object?> ActivityThatHangs(string name)
    {
        var answer = new TaskCompletionSource<object?>();
        _activities[name] = _ => answer.Task;
        return answer;
    }

    public override T GetInput<T>() => (T)(object)ticket;

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        if (name == nameof(RecordEvents))
        {
            Recorded.AddRange(((StateChanges)input!).ToEvents());
            return default!;
        }

        Calls.Add((name.Name, input));
        Options.Add(options);
        return (TResult)(await _activities[name.Name](input))!;
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        var timer = new PendingTimer(fireAt, new TaskCompletionSource());
        _timers.Add(timer);
        cancellationToken.Register(() =>
        {
            _timers.Remove(timer);
            timer.Fired.TrySetCanceled(cancellationToken);
        });
        return timer.Fired.Task;
    }

    public override void SetCustomStatus(object? customStatus) =>
        Statuses.Add(((JsonElement)customStatus!).Deserialize<JobStatus>(ProtocolJson.Options)!);

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        if (_events.TryGetValue(eventName, out var queue) && queue.TryDequeue(out var payload))
        {
            return Task.FromResult((T)payload!);
        }

        var waiter = new TaskCompletionSource<T>();
        _waiters[eventName] = value => waiter.SetResult((T)value!);
        return waiter.Task;
    }

    /// <summary>Whom the orchestration has told of their turn, in order.</summary>
    public List<string> Told { get; } = [];

    /// <summary>The gate that gives out turns; the test may have it full.</summary>
    public TurnQueue Gate { get; } = new();

    public override TaskOrchestrationEntityFeature Entities => new GateOnly(Gate);

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        Assert.Equal(JobGate.TurnEvent, eventName);
        Told.Add(instanceId);
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = null, TaskOptions? options = null) => throw new NotSupportedException();

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => throw new NotSupportedException();

    public override Guid NewGuid() => throw new NotSupportedException();

    private sealed class GateOnly(TurnQueue gate) : TaskOrchestrationEntityFeature
    {
        public override Task<TResult> CallEntityAsync<TResult>(
            EntityInstanceId id, string operationName, object? input = null, CallEntityOptions? options = null) =>
            Task.FromResult((TResult)Call(operationName, input));

        private object Call(string operationName, object? input) => input switch
        {
            TurnRequest request => gate.Ask(request),
            TurnEnd end => gate.Leave(end),
            _ => throw new NotSupportedException(operationName),
        };

        public override Task CallEntityAsync(EntityInstanceId id, string operationName, object? input = null, CallEntityOptions? options = null) =>
            throw new NotSupportedException();

        public override Task SignalEntityAsync(EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null) =>
            throw new NotSupportedException();

        public override Task<IAsyncDisposable> LockEntitiesAsync(IEnumerable<EntityInstanceId> entityIds) => throw new NotSupportedException();

        public override bool InCriticalSection([NotNullWhen(true)] out IReadOnlyList<EntityInstanceId>? entityIds) => throw new NotSupportedException();
    }

    private sealed record PendingTimer(DateTime FireAt, TaskCompletionSource Fired);
}
