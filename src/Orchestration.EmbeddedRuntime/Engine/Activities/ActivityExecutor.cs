using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Engine.Dispatch;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Tracing;
using Orchestration.EmbeddedRuntime.Store.Reading;

namespace Orchestration.EmbeddedRuntime.Engine.Activities;

/// <summary>Runs activities, a bounded number at once, all together and by name, each in a service scope of its own, and reports how they ended.</summary>
internal sealed class ActivityExecutor(
    Action<OpenAction<TaskScheduled>, ResultEvent> report,
    ActivityLimits limits,
    TimeProvider time,
    ILogger logger)
{
    private readonly WorkQueue<OpenActivity> _queue = new();
    private readonly ConcurrentDictionary<(long Instance, int Task), OpenActivity> _open = new();

    public void Enqueue(OpenAction<TaskScheduled> call)
    {
        var activity = new OpenActivity(call);
        _open[(call.Key, call.Action.TaskId)] = activity;
        if (limits.TryEnter(activity))
        {
            _queue.Add(activity);
        }
    }

    /// <summary>The most calls of an activity at once; null: it has no limit of its own.</summary>
    public int? LimitOf(string name) => limits.Of(name);

    /// <summary>An activity that waits or runs; null: there is none such.</summary>
    public OpenActivity? Find(long instance, int task) => _open.GetValueOrDefault((instance, task));

    /// <summary>Cancels the token of an activity that runs; one that still waits will be passed over.</summary>
    public void Cancel(long instance, int task) => Find(instance, task)?.Cancel();

    /// <summary>Runs activities until stopped; completes when the last one has returned.</summary>
    public Task RunAsync(WorkerTasks tasks, int concurrency, CancellationToken stopping) =>
        Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => RunOneByOneAsync(tasks, stopping)));

    private async Task RunOneByOneAsync(WorkerTasks tasks, CancellationToken stopping)
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                OpenActivity activity = await _queue.TakeAsync(stopping);
                await RunAsync(activity, tasks, stopping);
                if (limits.Leave(activity) is { } next)
                {
                    _queue.Add(next);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is queued stays in the store.
        }
    }

    private async Task RunAsync(OpenActivity open, WorkerTasks tasks, CancellationToken stopping)
    {
        OpenAction<TaskScheduled> call = open.Call;
        (string name, string instanceId) = (call.Action.Name, call.InstanceId);
        if (!tasks.Accepts(call.Action))
        {
            // It stays open, here and in the store, for a worker that takes it on.
            return;
        }

        using Activity? span = DurableSpans.BeginActivity(call.Action, instanceId);
        using IDisposable? scope = InstanceScope.Begin(logger, instanceId, call.Action.TraceParent);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        try
        {
            if (!open.TryBegin(cancellation, time.GetUtcNow().UtcDateTime))
            {
                return;
            }

            logger.ActivityStarted(instanceId, name);
            await using AsyncServiceScope services = tasks.Services.CreateAsyncScope();
            if (tasks.CreateActivity(name, call.Action.Version, services.ServiceProvider) is not { } activity)
            {
                var missing = new InvalidOperationException($"No activity named '{name}' is registered with this worker.");
                logger.ActivityFailed(missing, instanceId, name);
                report(call, new TaskFailed(call.Action.TaskId, FailureCode.Failure(FailureCode.ActivityNotFound, missing.Message)));
                return;
            }

            object? input = tasks.Converter.Deserialize(call.Action.Input, activity.InputType);
            object? result = await activity.RunAsync(new Context(open, time, cancellation.Token), input);
            var completed = new TaskCompleted(call.Action.TaskId, tasks.Converter.Serialize(result));
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

            span?.SetStatus(ActivityStatusCode.Error, exception.Message);
            logger.ActivityFailed(exception, instanceId, name);
            report(call, new TaskFailed(call.Action.TaskId, tasks.Failures.Describe(exception)));
        }
        finally
        {
            open.End();
            _open.TryRemove(KeyValuePair.Create((call.Key, call.Action.TaskId), open));
        }
    }

    private sealed class Context(OpenActivity activity, TimeProvider time, CancellationToken cancellation) : EmbeddedActivityContext
    {
        public override TaskName Name => activity.Call.Action.Name;

        public override string InstanceId => activity.Call.InstanceId;

        public override string Version => activity.Call.Action.Version;

        public override CancellationToken CancellationToken => cancellation;

        public override int TaskId => activity.Call.Action.TaskId;

        public override void Heartbeat(string? progress) => activity.LastHeartbeat = new Heartbeat(
            time.GetUtcNow().UtcDateTime,
            progress?.Length > MaxProgressLength ? progress[..MaxProgressLength] : progress);
    }
}
