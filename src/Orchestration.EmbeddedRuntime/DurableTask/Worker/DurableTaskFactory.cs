using System.Diagnostics.CodeAnalysis;
using Microsoft.DurableTask.Entities;

namespace Microsoft.DurableTask.Worker;

/// <summary>Makes the objects that run the tasks of a registry.</summary>
internal sealed class DurableTaskFactory(DurableTaskRegistry registry) : IDurableTaskFactory2
{
    public bool TryCreateActivity(TaskName name, IServiceProvider serviceProvider, [NotNullWhen(true)] out ITaskActivity? activity) =>
        (activity = registry.TryGetActivity(name, TaskVersion.Unversioned, out var factory) ? factory(serviceProvider) : null) is not null;

    public bool TryCreateOrchestrator(
        TaskName name, IServiceProvider serviceProvider, [NotNullWhen(true)] out ITaskOrchestrator? orchestrator) =>
        (orchestrator = registry.TryGetOrchestrator(name, TaskVersion.Unversioned, out var factory) ? factory(serviceProvider) : null) is not null;

    public bool TryCreateEntity(TaskName name, IServiceProvider serviceProvider, [NotNullWhen(true)] out ITaskEntity? entity) =>
        (entity = registry.TryGetEntity(name, out var factory) ? factory(serviceProvider) : null) is not null;
}
