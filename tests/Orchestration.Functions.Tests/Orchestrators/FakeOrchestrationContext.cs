using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestration.Functions.Orchestrators;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Tests.Orchestrators;

/// <summary>An orchestration whose activities are given by the test, and whose clock moves only when a timer fires.</summary>
internal sealed class FakeOrchestrationContext(JobTicket ticket) : TaskOrchestrationContext
{
    private readonly Dictionary<string, Func<object?, Task<object?>>> _activities = new(StringComparer.Ordinal);
    private bool _workHangs;
    private readonly List<CancellationToken> _races = [];
    private DateTime _now = new(2026, 3, 1, 8, 0, 0, DateTimeKind.Utc);

    public override TaskName Name => nameof(JobOrchestrator);

    public override string InstanceId => ticket.JobId;

    public override ParentOrchestrationInstance? Parent => null;

    public override DateTime CurrentUtcDateTime => _now;

    public override bool IsReplaying => false;

    /// <summary>The calls made, in order: activity and input.</summary>
    public List<(string Activity, object? Input)> Calls { get; } = [];

    /// <summary>Every status published, in order.</summary>
    public List<JobStatus> Statuses { get; } = [];

    /// <summary>How each call is retried, in order.</summary>
    public List<TaskOptions?> Options { get; } = [];

    /// <summary>Timers that race against work and were not cancelled.</summary>
    public int TimersLeftRunning => _races.Count(token => !token.IsCancellationRequested);

    /// <summary>The delays of timers that fired.</summary>
    public List<TimeSpan> Delays { get; } = [];

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    public void Activity<TInput, TOutput>(string name, Func<TInput, TOutput> run) =>
        _activities[name] = input => Task.FromResult<object?>(run((TInput)input!));

    /// <summary>An activity that the test lets end when it wants.</summary>
    public void Activity<TInput, TOutput>(string name, Func<TInput, Task<TOutput>> run) =>
        _activities[name] = async input => await run((TInput)input!);

    /// <summary>An activity that has failed as often as its policy allows.</summary>
    public void ActivityThatFails(string name) =>
        _activities[name] = _ => Task.FromException<object?>(new TaskFailedException(name, 0, new IOException("The storage account does not answer.")));

    /// <summary>An activity that does not answer, unless the test completes what this returns.</summary>
    public TaskCompletionSource<object?> ActivityThatHangs(string name)
    {
        var answer = new TaskCompletionSource<object?>();
        _workHangs = true;
        _activities[name] = _ => answer.Task;
        return answer;
    }

    public override T GetInput<T>() => (T)(object)ticket;

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        Calls.Add((name.Name, input));
        Options.Add(options);
        return (TResult)(await _activities[name.Name](input))!;
    }

    /// <summary>Timers that can be cancelled race against work: they fire only where the test says that the work never ends.</summary>
    public override async Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled && !_workHangs)
        {
            _races.Add(cancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        Delays.Add(fireAt - _now);
        _now = fireAt;
    }

    public override void SetCustomStatus(object? customStatus) =>
        Statuses.Add(((JsonElement)customStatus!).Deserialize<JobStatus>(ProtocolJson.Options)!);

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = null, TaskOptions? options = null) => throw new NotSupportedException();

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => throw new NotSupportedException();

    public override Guid NewGuid() => throw new NotSupportedException();
}
