namespace Microsoft.DurableTask;

/// <summary>What an activity knows about the call it serves.</summary>
public abstract class TaskActivityContext
{
    /// <summary>The name the activity was called by.</summary>
    public abstract TaskName Name { get; }

    /// <summary>The instance id of the orchestration that called it.</summary>
    public abstract string InstanceId { get; }

    /// <summary>The version the activity was called with; empty when unversioned.</summary>
    public virtual string Version => string.Empty;
}
