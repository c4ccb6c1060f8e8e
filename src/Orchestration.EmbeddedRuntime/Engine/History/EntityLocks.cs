namespace Orchestration.EmbeddedRuntime.Engine.History;

/// <summary>The critical sections of an execution, by its history alone.</summary>
internal static class EntityLocks
{
    /// <summary>Those that were asked for and not left, whether or not they have been granted.</summary>
    public static IReadOnlyList<EntityLockRequested> Unreleased(IEnumerable<HistoryEvent> history)
    {
        var unreleased = new List<EntityLockRequested>();
        foreach (HistoryEvent past in history)
        {
            switch (past)
            {
                case EntityLockRequested request:
                    unreleased.Add(request);
                    break;
                case EntityUnlockSent unlock:
                    unreleased.RemoveAll(request => request.TaskId == unlock.LockTaskId);
                    break;
            }
        }

        return unreleased;
    }
}
