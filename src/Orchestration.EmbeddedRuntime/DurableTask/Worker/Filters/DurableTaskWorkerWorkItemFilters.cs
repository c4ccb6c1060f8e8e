namespace Microsoft.DurableTask.Worker;

/// <summary>
/// What a worker takes on: work of the named tasks only, when any task is named at all. All other work waits in the store; so a filter that
/// names orchestrations only leaves all activities and entities to others, as it does in a hub that several workers share.
/// </summary>
public class DurableTaskWorkerWorkItemFilters
{
    public IReadOnlyList<OrchestrationFilter> Orchestrations { get; set; } = [];

    public IReadOnlyList<ActivityFilter> Activities { get; set; } = [];

    public IReadOnlyList<EntityFilter> Entities { get; set; } = [];

    internal bool IsEmpty => Orchestrations.Count + Activities.Count + Entities.Count == 0;

    internal bool AcceptsOrchestration(string name, string version) =>
        IsEmpty || Orchestrations.Any(filter => Matches(filter.Name, filter.Versions, name, version));

    internal bool AcceptsActivity(string name, string version) =>
        IsEmpty || Activities.Any(filter => Matches(filter.Name, filter.Versions, name, version));

    internal bool AcceptsEntity(string name) =>
        IsEmpty || Entities.Any(filter => string.Equals(filter.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether all tasks that are named are registered.</summary>
    internal bool NamesOnly(DurableTaskRegistry registry) =>
        Orchestrations.All(filter => registry.OrchestratorVersions.Any(task => task.Name == filter.Name))
        && Activities.All(filter => registry.ActivityVersions.Any(task => task.Name == filter.Name))
        && Entities.All(filter => registry.TryGetEntity(filter.Name, out _));

    /// <summary>Accepts just what is registered.</summary>
    internal void AcceptOnly(DurableTaskRegistry registry, DurableTaskWorkerOptions options)
    {
        // A strict worker runs its own version only, whatever is registered.
        string[]? only = options.Versioning is { MatchStrategy: DurableTaskWorkerOptions.VersionMatchStrategy.Strict } strict ? [strict.Version] : null;
        Orchestrations = [.. registry.OrchestratorVersions.Select(task => new OrchestrationFilter(task.Name, only ?? Wanted(task.Versions)))];
        Activities = [.. registry.ActivityVersions.Select(task => new ActivityFilter(task.Name, only ?? Wanted(task.Versions)))];
        Entities = [.. registry.GetEntities().Select(entity => new EntityFilter(entity.Key))];

        // A task that is registered without versions only serves all of them.
        static IReadOnlyList<string> Wanted(IReadOnlyList<string> versions) => versions is [""] ? [] : versions;
    }

    private static bool Matches(string filterName, IReadOnlyList<string> versions, string name, string version) =>
        string.Equals(filterName, name, StringComparison.OrdinalIgnoreCase)
        && (versions.Count == 0 || versions.Contains(version, StringComparer.OrdinalIgnoreCase));

#pragma warning disable CA1815 // Filters are not compared.
    /// <summary>An orchestrator by name.</summary>
    /// <param name="name">The name, case ignored.</param>
    /// <param name="versions">The versions, case ignored; none named: all.</param>
    public readonly struct OrchestrationFilter(string name, IReadOnlyList<string>? versions)
    {
        public OrchestrationFilter()
            : this(string.Empty, null)
        {
        }

        public string Name { get; init; } = name;

        public IReadOnlyList<string> Versions { get; init; } = versions ?? [];
    }

    /// <summary>An activity by name.</summary>
    /// <param name="name">The name, case ignored.</param>
    /// <param name="versions">The versions, case ignored; none named: all.</param>
    public readonly struct ActivityFilter(string name, IReadOnlyList<string>? versions)
    {
        public ActivityFilter()
            : this(string.Empty, null)
        {
        }

        public string Name { get; init; } = name;

        public IReadOnlyList<string> Versions { get; init; } = versions ?? [];
    }

    /// <summary>An entity by name.</summary>
    /// <param name="name">The name, case ignored.</param>
    public readonly struct EntityFilter(string name)
    {
        public EntityFilter()
            : this(string.Empty)
        {
        }

        public string Name { get; init; } = name;
    }
#pragma warning restore CA1815
}
