using System.Diagnostics.CodeAnalysis;
using Microsoft.DurableTask.Entities;

namespace Microsoft.DurableTask.Worker;

/// <summary>Makes the objects that run tasks. Safe for concurrent use.</summary>
public interface IDurableTaskFactory
{
    /// <summary>Makes the object that runs an activity.</summary>
    /// <param name="name">The activity's name.</param>
    /// <param name="serviceProvider">Gives the object what it is constructed of.</param>
    /// <param name="activity">The object; null when none of this name is registered.</param>
    bool TryCreateActivity(TaskName name, IServiceProvider serviceProvider, [NotNullWhen(true)] out ITaskActivity? activity);

    /// <summary>Makes the object that runs an orchestrator.</summary>
    /// <param name="name">The orchestrator's name.</param>
    /// <param name="serviceProvider">Gives the object what it is constructed of.</param>
    /// <param name="orchestrator">The object; null when none of this name is registered.</param>
    bool TryCreateOrchestrator(TaskName name, IServiceProvider serviceProvider, [NotNullWhen(true)] out ITaskOrchestrator? orchestrator);
}

/// <summary>Makes the objects that run tasks, entities too. Safe for concurrent use.</summary>
public interface IDurableTaskFactory2 : IDurableTaskFactory
{
    /// <summary>Makes the object that runs an entity's operations.</summary>
    /// <param name="name">The entity's name.</param>
    /// <param name="serviceProvider">Gives the object what it is constructed of.</param>
    /// <param name="entity">The object; null when none of this name is registered.</param>
    bool TryCreateEntity(TaskName name, IServiceProvider serviceProvider, [NotNullWhen(true)] out ITaskEntity? entity);
}
