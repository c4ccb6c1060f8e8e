namespace Orchestration.EmbeddedRuntime.Engine.History;

/// <summary>What an execution has asked for and has had no answer to, by its history alone.</summary>
internal static class OpenWork
{
    public static IReadOnlyList<ActionEvent> Of(IEnumerable<HistoryEvent> history)
    {
        var open = new SortedDictionary<int, ActionEvent>();
        foreach (HistoryEvent past in history)
        {
            switch (past)
            {
                case ActionEvent { IsAwaited: true } action:
                    open[action.TaskId] = action;
                    break;
                case ResultEvent result:
                    open.Remove(result.TaskId);
                    break;
            }
        }

        return [.. open.Values];
    }
}
