namespace Microsoft.DurableTask;

/// <summary>Names a class-based orchestrator or activity.</summary>
/// <param name="name">The task name; null: the name of the class.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = false)]
public sealed class DurableTaskAttribute(string? name = null) : Attribute
{
    /// <summary>The task name; the default task name when none was given.</summary>
    public TaskName Name { get; } = name is null ? default : new TaskName(name);

    /// <summary>The version of the task that the class implements; null: unversioned.</summary>
    public string? Version { get; set; }
}

/// <summary>Names a type that is the payload of an external event.</summary>
/// <param name="name">The event name; null: the name of the type.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, AllowMultiple = false, Inherited = false)]
public sealed class DurableEventAttribute(string? name = null) : Attribute
{
    /// <summary>The event name; the default name when none was given.</summary>
    public TaskName Name { get; } = name is null ? default : new TaskName(name);
}
