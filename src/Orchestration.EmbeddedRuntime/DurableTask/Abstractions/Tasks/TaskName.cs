namespace Microsoft.DurableTask;

/// <summary>The name of an orchestrator or an activity. Two names are equal when they differ in case only.</summary>
public readonly struct TaskName : IEquatable<TaskName>
{
    private readonly string? _name;

    /// <summary>Makes a task name.</summary>
    /// <param name="name">The name; null gives the default (empty) task name.</param>
    public TaskName(string name) => _name = name;

    /// <summary>The name without a version; empty for the default task name.</summary>
    public string Name => _name ?? string.Empty;

    /// <summary>Always empty: the version of a task travels in its options (see <see cref="TaskVersion"/>).</summary>
    public string Version => string.Empty;

    public static implicit operator string(TaskName value) => value.Name;

    public static implicit operator TaskName(string value) => string.IsNullOrEmpty(value) ? default : new TaskName(value);

    public static bool operator ==(TaskName a, TaskName b) => a.Equals(b);

    public static bool operator !=(TaskName a, TaskName b) => !a.Equals(b);

    public bool Equals(TaskName other) => string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);

    public override bool Equals(object? obj) => obj is TaskName other && Equals(other);

    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Name);

    public override string ToString() => Name;
}
