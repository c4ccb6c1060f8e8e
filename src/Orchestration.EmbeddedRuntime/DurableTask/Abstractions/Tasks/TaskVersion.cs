namespace Microsoft.DurableTask;

/// <summary>The version of an orchestrator or an activity. Two versions are equal when they differ in case only.</summary>
public readonly struct TaskVersion : IEquatable<TaskVersion>
{
    /// <summary>No version. Passed explicitly, it keeps a task from inheriting one.</summary>
    public static readonly TaskVersion Unversioned;

    private readonly string? _version;

    /// <summary>Makes a task version.</summary>
    /// <param name="version">The version; null or empty means unversioned.</param>
    /// <exception cref="ArgumentException">The version is only white space.</exception>
    public TaskVersion(string? version)
    {
        if (version is { Length: > 0 } && string.IsNullOrWhiteSpace(version))
        {
            throw new ArgumentException("A task version is empty (unversioned) or has visible characters.", nameof(version));
        }

        _version = version;
    }

    /// <summary>The version; empty when unversioned.</summary>
    public string Version => _version ?? string.Empty;

    public static implicit operator string(TaskVersion value) => value.Version;

    public static implicit operator TaskVersion(string? value) => new(value);

    public static bool operator ==(TaskVersion a, TaskVersion b) => a.Equals(b);

    public static bool operator !=(TaskVersion a, TaskVersion b) => !a.Equals(b);

    public bool Equals(TaskVersion other) => string.Equals(Version, other.Version, StringComparison.OrdinalIgnoreCase);

    public override bool Equals(object? obj) => obj is TaskVersion other && Equals(other);

    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Version);
}
