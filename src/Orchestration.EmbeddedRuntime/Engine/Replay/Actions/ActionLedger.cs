using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Replay.Actions;

/// <summary>
/// What an execution has asked for: numbers it, checks it against the history, and keeps what is open until its answer comes. For the
/// orchestrator's thread.
/// </summary>
internal sealed class ActionLedger
{
    private readonly SortedDictionary<int, ActionEvent> _unrecorded = [];
    private readonly Dictionary<int, OpenTask> _open = [];
    private readonly List<ActionEvent> _abandoned = [];

    /// <summary>How much has been asked for so far, and so the number of what is asked for next.</summary>
    public int Count { get; private set; }

    /// <summary>What the history does not have yet, by number.</summary>
    public IReadOnlyCollection<ActionEvent> Unrecorded => _unrecorded.Values;

    /// <summary>What has had no answer, in no order.</summary>
    public IReadOnlyCollection<OpenTask> Open => _open.Values;

    /// <summary>What was withdrawn in this turn.</summary>
    public IReadOnlyList<ActionEvent> Abandoned => _abandoned;

    /// <summary>Takes down something that is asked for.</summary>
    /// <param name="describe">Makes the record of it, under the number that it gets.</param>
    /// <param name="attempt">Which attempt of the same thing this is, from 1.</param>
    /// <returns>What waits for the answer; null: there will be none.</returns>
    public OpenTask? Add(Func<int, ActionEvent> describe, int attempt)
    {
        ActionEvent action = describe(Count++);
        _unrecorded.Add(action.TaskId, action);
        if (!action.IsAwaited)
        {
            return null;
        }

        var open = new OpenTask(action, attempt);
        _open.Add(action.TaskId, open);
        return open;
    }

    /// <summary>Forgets what the turn before has recorded and withdrawn, for a turn that begins without a replay.</summary>
    public void BeginTurn()
    {
        _unrecorded.Clear();
        _abandoned.Clear();
    }

    /// <summary>Checks that replay has asked for what the history says.</summary>
    /// <exception cref="NonDeterministicOrchestrationException">It has not.</exception>
    public void Match(ActionEvent recorded)
    {
        if (!_unrecorded.Remove(recorded.TaskId, out ActionEvent? repeated)
            || repeated.GetType() != recorded.GetType()
            || !string.Equals(repeated.ActionName, recorded.ActionName, StringComparison.OrdinalIgnoreCase))
        {
            throw NonDeterministicOrchestrationException.Mismatch(recorded, repeated);
        }
    }

    /// <summary>Checks that a past turn has asked for no more than its history has.</summary>
    /// <exception cref="NonDeterministicOrchestrationException">It has.</exception>
    public void ThrowIfUnrecorded()
    {
        foreach (ActionEvent surplus in _unrecorded.Values)
        {
            throw NonDeterministicOrchestrationException.Surplus(surplus);
        }
    }

    /// <summary>Gives an answer to whoever waits for it, who goes on at once.</summary>
    /// <returns>False when nobody waits for such an answer.</returns>
    public bool Answer(ResultEvent result)
    {
        if (!_open.TryGetValue(result.TaskId, out OpenTask? open) || !open.IsAnsweredBy(result))
        {
            return false;
        }

        _open.Remove(result.TaskId);
        open.Complete(result);
        return true;
    }

    /// <summary>Withdraws something that is open.</summary>
    public void Abandon(OpenTask open, CancellationToken cancellation)
    {
        if (_open.Remove(open.Action.TaskId))
        {
            _abandoned.Add(open.Action);
            open.Answer.TrySetCanceled(cancellation);
        }
    }
}
