using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestration.EmbeddedRuntime.Engine;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Replay;

namespace Orchestration.EmbeddedRuntime.Tests.Engine.Replay;

/// <summary>An orchestration that is taken through its turns by hand, without store or dispatcher.</summary>
internal sealed class ReplayedOrchestration
{
    private static readonly TurnSettings Settings = new(
        JsonDataConverter.Default, TimeSpan.FromDays(3), null, new FailureDescriber(null), NullLoggerFactory.Instance);

    private readonly List<HistoryEvent> _history = [];

    /// <summary>What runs; a test changes it to see what a change of code does to a history.</summary>
    public required Func<TaskOrchestrationContext, Task<object?>> Code { get; set; }

    public DateTime Now { get; set; } = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    public IReadOnlyList<HistoryEvent> History => _history;

    public TurnResult Start(string? input = null) => Turn(new ExecutionStarted("Test", string.Empty, input, "execution"));

    /// <summary>Runs a turn over new messages and keeps what it records.</summary>
    public TurnResult Turn(params IReadOnlyList<HistoryEvent> inbound)
    {
        ITaskOrchestrator orchestrator = FuncTaskOrchestrator.Create<object?, object?>((context, _) => Code(context));
        TurnResult result = OrchestrationTurn.Run(
            new TurnInput("instance", _history, inbound, Now, () => { }), Settings, (_, _) => orchestrator);
        _history.AddRange(result.NewEvents);
        return result;
    }

    /// <summary>Takes over a history that was recorded elsewhere.</summary>
    public ReplayedOrchestration Load(IEnumerable<HistoryEvent> history)
    {
        _history.AddRange(history);
        return this;
    }
}
