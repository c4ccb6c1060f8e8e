using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Engine.Dispatch;
using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Activities;

/// <summary>An activity that an orchestration called and that has not been answered.</summary>
internal sealed record ActivityCall(InstanceMailbox Caller, string ExecutionId, TaskScheduled Task);

/// <summary>An activity that runs. Safe for concurrent use.</summary>
internal sealed class RunningActivity(CancellationTokenSource cancellation, DateTime since)
{
    public CancellationTokenSource Cancellation => cancellation;

    public DateTime Since => since;

    /// <summary>The last sign of life that the activity itself gave; null: none yet.</summary>
    public Heartbeat? LastHeartbeat { get; set; }
}

/// <summary>A sign of life of an activity.</summary>
internal sealed record Heartbeat(DateTime At, string? Progress);

/// <summary>Runs activities, a bounded number at once, all together and by name, each in a service scope of its own, and reports how they ended.</summary>
internal sealed class ActivityExecutor(
    Action<ActivityCall, HistoryEvent> report,
    ActivityLimits limits,
    TimeProvider time,
    ILogger logger)
{
    private readonly Channel<ActivityCall> _calls = Channel.CreateUnbounded<ActivityCall>();
    private readonly ConcurrentDictionary<(long Instance, int Task), RunningActivity> _running = new();

    public void Enqueue(ActivityCall call)
    {
        if (limits.TryEnter(call))
        {
            _calls.Writer.TryWrite(call);
        }
    }

    /// <summary>The most calls of an activity at once; null: it has no limit of its own.</summary>
    public int? LimitOf(string name) => limits.Of(name);

    /// <summary>An activity that runs; null: it does not.</summary>
    public RunningActivity? Find(long instance, int task) => _running.GetValueOrDefault((instance, task));

    /// <summary>Cancels the token of an activity that runs; one that still waits is passed over once its caller has ended.</summary>
    public void Cancel(long instance, int task)
    {
        if (Find(instance, task) is { } running)
        {
            try
            {
                // Callbacks on the token are the activity's own code: they must not run on the engine's thread.
                _ = running.Cancellation.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // It has just returned.
            }
        }
    }

    /// <summary>Runs activities until stopped; completes when the last one has returned.</summary>
    public Task RunAsync(WorkerTasks tasks, int concurrency, CancellationToken stopping) =>
        Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => RunOneByOneAsync(tasks, stopping)));

    private async Task RunOneByOneAsync(WorkerTasks tasks, CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested && await WaitForCallAsync(stopping))
        {
            if (_calls.Reader.TryRead(out ActivityCall? call))
            {
                await RunAsync(call, tasks, stopping);
                if (limits.Leave(call) is { } next)
                {
                    _calls.Writer.TryWrite(next);
                }
            }
        }
    }

    private async ValueTask<bool> WaitForCallAsync(CancellationToken stopping)
    {
        try
        {
            return await _calls.Reader.WaitToReadAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task RunAsync(ActivityCall call, WorkerTasks tasks, CancellationToken stopping)
    {
        (string name, string instanceId) = (call.Task.Name, call.Caller.InstanceId);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var running = new RunningActivity(cancellation, time.GetUtcNow().UtcDateTime);
        _running[(call.Caller.Key, call.Task.TaskId)] = running;
        try
        {
            // Looked at only now, when an end from here on finds the token.
            if (call.Caller.HasEnded)
            {
                return;
            }

            logger.ActivityStarted(instanceId, name);
            await using AsyncServiceScope scope = tasks.Services.CreateAsyncScope();
            if (tasks.CreateActivity(name, call.Task.Version, scope.ServiceProvider) is not { } activity)
            {
                var missing = new InvalidOperationException($"No activity named '{name}' is registered with this worker.");
                logger.ActivityFailed(missing, instanceId, name);
                report(call, new TaskFailed(call.Task.TaskId, FailureCode.Failure(FailureCode.ActivityNotFound, missing.Message)));
                return;
            }

            object? input = tasks.Converter.Deserialize(call.Task.Input, activity.InputType);
            object? result = await activity.RunAsync(new Context(call, running, time), input);
            var completed = new TaskCompleted(call.Task.TaskId, tasks.Converter.Serialize(result));
            logger.ActivityCompleted(instanceId, name);
            report(call, completed);
        }
#pragma warning disable CA1031 // Whatever an activity throws is how its call failed.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (stopping.IsCancellationRequested)
            {
                // Most likely the stop is what it failed of, in whatever words. It runs again after the restart.
                return;
            }

            logger.ActivityFailed(exception, instanceId, name);
            report(call, new TaskFailed(call.Task.TaskId, tasks.Failures.Describe(exception)));
        }
        finally
        {
            _running.TryRemove((call.Caller.Key, call.Task.TaskId), out _);
        }
    }

    private sealed class Context(ActivityCall call, RunningActivity running, TimeProvider time) : EmbeddedActivityContext
    {
        // Taken while the source lives: the context may outlive it in code that the activity left behind.
        private readonly CancellationToken _cancellation = running.Cancellation.Token;

        public override TaskName Name => call.Task.Name;

        public override string InstanceId => call.Caller.InstanceId;

        public override string Version => call.Task.Version;

        public override CancellationToken CancellationToken => _cancellation;

        public override int TaskId => call.Task.TaskId;

        public override void Heartbeat(string? progress) => running.LastHeartbeat = new Heartbeat(
            time.GetUtcNow().UtcDateTime,
            progress?.Length > MaxProgressLength ? progress[..MaxProgressLength] : progress);
    }
}
