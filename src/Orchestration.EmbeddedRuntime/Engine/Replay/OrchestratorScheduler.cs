namespace Orchestration.EmbeddedRuntime.Engine.Replay;

/// <summary>
/// Runs orchestrator code on one thread, in the order in which it becomes runnable, and only within a turn. Work that arrives from
/// another thread means that the orchestrator awaited something that is not durable: it is not run, only noted.
/// </summary>
/// <param name="foreignWorkAfterTurn">Called once when such work arrives after the turn.</param>
internal sealed class OrchestratorScheduler(Action foreignWorkAfterTurn) : TaskScheduler
{
    private readonly Queue<Task> _runnable = new();
    private readonly Lock _lock = new();
    private PostingContext? _context;
    private int _threadId;
    private bool _isOver;

    /// <summary>Whether a continuation came from outside the orchestrator's thread while the turn ran.</summary>
    public bool SawForeignWork { get; private set; }

    public bool IsOrchestratorThread => _threadId == Environment.CurrentManagedThreadId;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs a turn on the calling thread. Turns of one execution may be on different threads, never at the same time.</summary>
    public void RunTurn(Action turn)
    {
        SynchronizationContext? outer = SynchronizationContext.Current;
        lock (_lock)
        {
            _threadId = Environment.CurrentManagedThreadId;
            _isOver = false;
        }

        // The same one in every turn: what awaits goes on at once only in the context that it began in.
        SynchronizationContext.SetSynchronizationContext(_context ??= new PostingContext(this));
        try
        {
            // As a task on this scheduler, so that code in the turn finds it as TaskScheduler.Current.
            var task = new Task(turn);
            task.RunSynchronously(this);
            task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
            lock (_lock)
            {
                _threadId = 0;
                _isOver = true;
            }
        }
    }

    /// <summary>Runs until nothing is runnable. Only within <see cref="RunTurn"/>.</summary>
    public void RunUntilIdle()
    {
        while (_runnable.TryDequeue(out Task? task))
        {
            TryExecuteTask(task);
        }
    }

    /// <summary>Notes a call into the orchestration from another thread.</summary>
    public void NoteForeignWork()
    {
        lock (_lock)
        {
            if (SawForeignWork)
            {
                return;
            }

            SawForeignWork = true;
            if (!_isOver)
            {
                return;
            }
        }

        foreignWorkAfterTurn();
    }

    protected override void QueueTask(Task task)
    {
        if (IsOrchestratorThread)
        {
            _runnable.Enqueue(task);
        }
        else
        {
            NoteForeignWork();
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        IsOrchestratorThread && !taskWasPreviouslyQueued && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => _runnable.ToArray();

    private sealed class PostingContext(OrchestratorScheduler scheduler) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => new Task(() => d(state)).Start(scheduler);

        public override void Send(SendOrPostCallback d, object? state) =>
            throw new NotSupportedException("An orchestrator's thread cannot be entered from outside.");

        public override SynchronizationContext CreateCopy() => this;
    }
}
