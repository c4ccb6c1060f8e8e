using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestration.EmbeddedRuntime.Engine.Activities;
using Orchestration.EmbeddedRuntime.Engine.Dispatch;
using Orchestration.EmbeddedRuntime.Engine.Entities;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Store;
using Orchestration.EmbeddedRuntime.Store.Commands;
using Orchestration.EmbeddedRuntime.Store.Reading;
using Orchestration.EmbeddedRuntime.Store.Records;
using Orchestration.EmbeddedRuntime.Store.Writing;

namespace Orchestration.EmbeddedRuntime.Engine;

/// <summary>
/// The durable engine of one process. Clients and the worker of a host share it. It opens its store at the first use and takes up
/// what an earlier process left unfinished; turns and activities run while a worker is started.
/// </summary>
internal sealed class DurableEngine : IDisposable
{
    /// <summary>Instances that one transaction of a large purge removes: short enough that turns need not wait for it.</summary>
    public const int PurgeBatch = 500;

    private readonly EmbeddedDurableOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TimerScheduler _timers;
    private readonly ActivityLimits _limits;
    private readonly Lazy<DurableStore> _store;
    private readonly CancellationTokenSource _stopping = new();
    private OrchestrationDispatcher? _dispatcher;
    private EntityDispatcher? _entities;
    private Task _handover = Task.CompletedTask;
    private Task? _running;

    public DurableEngine(IOptions<EmbeddedDurableOptions> options, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options.Value;
        _time = time;
        _logger = loggers.CreateLogger(EngineLog.Category);
        _timers = new TimerScheduler(time);
        _limits = new ActivityLimits(_options.ActivityLimits);
        _store = new Lazy<DurableStore>(Open);
    }

    public InstanceSignals Signals { get; } = new();

    /// <exception cref="StoreException">The store cannot be opened.</exception>
    public StoreReader Reader => _store.Value.Reader;

    /// <summary>The tasks of the worker that has been started; null: none has.</summary>
    public WorkerTasks? Tasks { get; private set; }

    /// <exception cref="StoreException">The store cannot be opened.</exception>
    public OrchestrationDispatcher Dispatcher
    {
        get
        {
            _ = _store.Value;
            return _dispatcher ?? throw new InvalidOperationException("The store is open without its dispatcher.");
        }
    }

    /// <exception cref="StoreException">The store cannot be opened.</exception>
    public EntityDispatcher Entities
    {
        get
        {
            _ = _store.Value;
            return _entities ?? throw new InvalidOperationException("The store is open without its dispatcher of entities.");
        }
    }

    /// <inheritdoc cref="EmbeddedDurableOptions.MaximumPayload"/>
    public int MaximumPayload => _options.MaximumPayload;

    public DateTime Now => _time.GetUtcNow().UtcDateTime;

    /// <summary>Stores a command and gives its outcome once it is durable.</summary>
    /// <exception cref="StoreException">The store cannot be opened or written.</exception>
    public Task<T> SubmitAsync<T>(StoreCommand<T> command, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _store.Value.Writer.Enqueue(command);
        return command.Done.WaitAsync(cancellation);
    }

    /// <summary>Removes all instances that a filter finds, which must name final statuses only, batch by batch.</summary>
    /// <exception cref="StoreException">The store cannot be opened, read or written.</exception>
    public async Task<PurgeResult> PurgeAsync(InstanceFilter filter, bool recursive, DateTime? deadline, CancellationToken cancellation)
    {
        int purged = 0;
        while (Reader.List(filter) is { Count: > 0 } batch)
        {
            if (Now > deadline)
            {
                return new PurgeResult(purged, isComplete: false);
            }

            filter = filter with { After = filter.PositionOf(batch[^1]) };
            purged += await SubmitAsync(new PurgeInstances([.. batch.Select(record => record.InstanceId)], recursive), cancellation);
        }

        return new PurgeResult(purged, isComplete: true);
    }

    /// <summary>Begins to run turns and activities.</summary>
    /// <exception cref="InvalidOperationException">A worker runs already.</exception>
    /// <exception cref="StoreException">The store cannot be opened.</exception>
    public void Start(WorkerTasks tasks)
    {
        if (_running is not null)
        {
            throw new InvalidOperationException("The embedded durable engine serves one worker; register all tasks with the same one.");
        }

        var retention = new RetentionSweeper(this, _options.Retention, _time, _logger);
        OrchestrationDispatcher dispatcher = Dispatcher;
        Tasks = tasks;
        int orchestrations = _options.MaxConcurrentOrchestrations ?? tasks.Concurrency.MaximumConcurrentOrchestrationWorkItems;
        int activities = _options.MaxConcurrentActivities ?? tasks.Concurrency.MaximumConcurrentActivityWorkItems;
        _running = Task.WhenAll(
            dispatcher.RunAsync(tasks, orchestrations, _stopping.Token),
            dispatcher.Activities.RunAsync(tasks, activities, _stopping.Token),
            Entities.RunAsync(tasks, tasks.Concurrency.MaximumConcurrentEntityWorkItems, _stopping.Token),
            retention.RunAsync(_stopping.Token));
    }

    /// <summary>Cancels running activities and completes when they have returned. What is unfinished stays in the store.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await _stopping.CancelAsync();
        await (_running ?? Task.CompletedTask).WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _timers.Dispose();
        if (_store.IsValueCreated)
        {
            _store.Value.Dispose();
            _handover.GetAwaiter().GetResult();
        }

        _stopping.Dispose();
    }

    private DurableStore Open()
    {
        DurableStore store = DurableStore.Open(_options.StorePath, _options.PayloadThreshold, _options.SyncToDisk);
        UnfinishedWork unfinished;
        try
        {
            // Before anything new is written, so that nothing is handed over twice.
            unfinished = store.Reader.FindUnfinished();
        }
        catch
        {
            store.Dispose();
            throw;
        }

        var retries = new TurnRetries(_timers, _time, _logger);
        var dispatcher = new OrchestrationDispatcher(store, _timers, retries, Signals, _limits, _time, _logger, _options);
        var entities = new EntityDispatcher(store, _timers, retries, _time, _logger, _options.MaxCachedInstances);
        _dispatcher = dispatcher;
        _entities = entities;
        unfinished.Messages.ToList().ForEach(message => Deliver(message, dispatcher, entities));

        foreach (OpenAction<TaskScheduled> activity in unfinished.Activities)
        {
            dispatcher.Resume(activity);
        }

        foreach (OpenAction<TimerCreated> timer in unfinished.Timers)
        {
            dispatcher.Arm(timer);
        }

        foreach ((string id, string reason) in unfinished.Unreadable)
        {
            _logger.Unreadable(id, reason);
        }

        _logger.Recovered(store.Path, unfinished.Messages.Count, unfinished.Activities.Count, unfinished.Timers.Count);
        _handover = HandOverAsync(store.Writer, message => Deliver(message, dispatcher, entities), _logger);
        return store;
    }

    private static void Deliver(Delivery message, OrchestrationDispatcher orchestrations, EntityDispatcher entities)
    {
        if (message.Message.Event is EntityMessage)
        {
            entities.Deliver(message);
        }
        else
        {
            orchestrations.Deliver(message);
        }
    }

    /// <summary>Lets happen what has been committed, in the order of commits.</summary>
    private static async Task HandOverAsync(StoreWriter writer, Action<Delivery> deliver, ILogger logger)
    {
        await foreach (IReadOnlyList<StoreCommand> batch in writer.Committed.ReadAllAsync())
        {
            foreach (StoreCommand command in batch)
            {
                try
                {
                    command.Deliveries.ForEach(deliver);
                    command.Committed();
                }
#pragma warning disable CA1031 // One instance's trouble, such as a logging provider that throws, must not stop all others.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    logger.HandoverFailed(exception);
                }
            }
        }
    }
}
