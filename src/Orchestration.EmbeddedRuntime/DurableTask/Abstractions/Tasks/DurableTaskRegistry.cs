using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.DurableTask;

/// <summary>The orchestrators, activities and entities that a worker runs, by name and, but for entities, version. Not safe for concurrent changes.</summary>
public sealed partial class DurableTaskRegistry
{
    private readonly Dictionary<TaskKey, Func<IServiceProvider, ITaskOrchestrator>> _orchestrators = [];
    private readonly Dictionary<TaskKey, Func<IServiceProvider, ITaskActivity>> _activities = [];

    /// <summary>The registered orchestrators; one with several versions comes several times.</summary>
    public IEnumerable<KeyValuePair<TaskName, Func<IServiceProvider, ITaskOrchestrator>>> GetOrchestrators() =>
        _orchestrators.Select(entry => KeyValuePair.Create(entry.Key.Name, entry.Value));

    /// <summary>The registered activities; one with several versions comes several times.</summary>
    public IEnumerable<KeyValuePair<TaskName, Func<IServiceProvider, ITaskActivity>>> GetActivities() =>
        _activities.Select(entry => KeyValuePair.Create(entry.Key.Name, entry.Value));

    /// <summary>The registered orchestrators, each with its versions; the empty one is the unversioned.</summary>
    internal IEnumerable<(TaskName Name, IReadOnlyList<string> Versions)> OrchestratorVersions => VersionsOf(_orchestrators.Keys);

    /// <summary>The registered activities, each with its versions; the empty one is the unversioned.</summary>
    internal IEnumerable<(TaskName Name, IReadOnlyList<string> Versions)> ActivityVersions => VersionsOf(_activities.Keys);

    /// <summary>Finds an orchestrator: the exact version first; the unversioned one only where no version is registered.</summary>
    internal bool TryGetOrchestrator(
        TaskName name,
        TaskVersion version,
        [NotNullWhen(true)] out Func<IServiceProvider, ITaskOrchestrator>? factory)
    {
        if (_orchestrators.TryGetValue(new TaskKey(name, version), out factory))
        {
            return true;
        }

        bool isVersioned = _orchestrators.Keys.Any(key => key.Name == name && key.Version != TaskVersion.Unversioned);
        return !isVersioned && _orchestrators.TryGetValue(new TaskKey(name, TaskVersion.Unversioned), out factory);
    }

    /// <summary>Finds an activity: the exact version first, then the unversioned one.</summary>
    internal bool TryGetActivity(
        TaskName name,
        TaskVersion version,
        [NotNullWhen(true)] out Func<IServiceProvider, ITaskActivity>? factory) =>
        _activities.TryGetValue(new TaskKey(name, version), out factory)
        || _activities.TryGetValue(new TaskKey(name, TaskVersion.Unversioned), out factory);

    private static IEnumerable<(TaskName Name, IReadOnlyList<string> Versions)> VersionsOf(IEnumerable<TaskKey> tasks) =>
        from task in tasks
        group task.Version.Version by task.Name into versions
        select (versions.Key, (IReadOnlyList<string>)[.. versions.Order(StringComparer.OrdinalIgnoreCase)]);

    private static void Add<TTask>(
        Dictionary<TaskKey, Func<IServiceProvider, TTask>> tasks,
        TaskName name,
        TaskVersion version,
        Func<IServiceProvider, TTask> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        if (name == default)
        {
            throw new ArgumentException("A task needs a name.", nameof(name));
        }

        if (!tasks.TryAdd(new TaskKey(name, version), factory))
        {
            string suffix = version == TaskVersion.Unversioned ? string.Empty : $" and version '{version.Version}'";
            throw new ArgumentException($"A task with the name '{name}'{suffix} is already registered.", nameof(name));
        }
    }

    private static Func<IServiceProvider, TTask> ByType<TTask>(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!type.IsClass || type.IsAbstract || !typeof(TTask).IsAssignableFrom(type))
        {
            throw new ArgumentException($"{type} is not a concrete class that implements {typeof(TTask).Name}.", nameof(type));
        }

        return services => (TTask)ActivatorUtilities.GetServiceOrCreateInstance(services, type);
    }

    private static TaskName NameOf(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        TaskName declared = type.GetCustomAttribute<DurableTaskAttribute>()?.Name ?? default;
        return declared == default ? new TaskName(type.Name) : declared;
    }

    private static TaskVersion VersionOf(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new TaskVersion(type.GetCustomAttribute<DurableTaskAttribute>()?.Version);
    }

    private readonly record struct TaskKey(TaskName Name, TaskVersion Version);
}
