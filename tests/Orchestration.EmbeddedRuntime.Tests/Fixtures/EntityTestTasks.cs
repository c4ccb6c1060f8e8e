using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;

namespace Orchestration.EmbeddedRuntime.Tests.Fixtures;

/// <summary>A counter, the entity that most tests need.</summary>
internal sealed class Counter : TaskEntity<int>
{
    public void Add(int amount) => State += amount;

    public int Get() => State;

    /// <summary>Changes the state, signals and starts, and then fails.</summary>
    public void AddAndThrow(int amount)
    {
        State += amount;
        Context.SignalEntity(Context.Id, nameof(Add), 1000);
        Context.ScheduleNewOrchestration("Never", new StartOrchestrationOptions("never"));
        throw new InvalidOperationException("after the change");
    }
}

/// <summary>What tests of entities do again and again.</summary>
internal static class EntityTestTasks
{
    public static EntityInstanceId CounterId(string key = "c") => new(nameof(Counter), key);

    /// <summary>Registers an orchestrator that calls one operation and gives its result.</summary>
    public static DurableTaskRegistry AddCaller(this DurableTaskRegistry tasks) =>
        tasks.AddOrchestratorFunc<EntityCall, object?>(
            "Call", (context, call) => context.Entities.CallEntityAsync<object?>(call.Id, call.Operation, call.Input));

    /// <summary>Calls one operation by the orchestrator of <see cref="AddCaller"/>.</summary>
    public static Task<OrchestrationMetadata> CallAsync(this DurableTestHost host, EntityInstanceId id, string operation, object? input = null) =>
        host.RunAsync("Call", new EntityCall(id, operation, input));

    /// <summary>Waits until the state of an entity is as it should be.</summary>
    public static Task StateAsync<T>(this DurableTestHost host, EntityInstanceId id, T expected) =>
        Eventually.TrueAsync(
            async () => await host.Client.Entities.GetEntityAsync<T>(id, host.Timeout) is { IncludesState: true } entity
                && Equals(entity.State, expected),
            host.Timeout);
}

/// <summary>A call of an operation.</summary>
internal sealed record EntityCall(EntityInstanceId Id, string Operation, object? Input);
