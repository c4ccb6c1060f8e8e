using System.Diagnostics;
using Microsoft.DurableTask.Entities;
using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Tracing;

/// <summary>The spans of entities, named and tagged as by the Microsoft packages.</summary>
internal static class EntitySpans
{
    public const string Type = "entity";

    private const string Call = "call_entity";
    private const string Signal = "signal_entity";

    public static string Name(EntityInstanceId id, string operation) => $"entity:{id.Name}:{operation}";

    /// <summary>Adds what is told of a call or signal by whoever makes it.</summary>
    /// <param name="span">The span.</param>
    /// <param name="target">The entity.</param>
    /// <param name="isSignal">Whether nobody waits for the result.</param>
    /// <param name="signalTime">When the entity gets it, in UTC; null: now.</param>
    public static void TagRequest(Activity? span, EntityInstanceId target, bool isSignal, DateTime? signalTime)
    {
        span?.SetTag("durabletask.type", Type)
            .SetTag("durabletask.task.operation", isSignal ? Signal : Call)
            .SetTag("durabletask.event.target_instance_id", target.ToString());
        if (signalTime is { } time)
        {
            span?.SetTag("durabletask.task.scheduled_time", time.ToString("o"));
        }
    }

    /// <summary>The span of a client, or of an entity's operation, that signals an entity.</summary>
    /// <param name="target">The entity.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="signalTime">When the entity gets it, in UTC; null: now.</param>
    /// <param name="sender">The entity that signals; null: it is a client.</param>
    public static Activity? BeginSignal(EntityInstanceId target, string operation, DateTime? signalTime, EntityInstanceId? sender = null)
    {
        if (!DurableSpans.IsListenedTo)
        {
            return null;
        }

        Activity? span = DurableSpans.Source.StartActivity(Name(target, operation), ActivityKind.Producer);
        TagRequest(span, target, isSignal: true, signalTime);
        return sender is { } entity ? span?.SetTag("durabletask.task.instance_id", entity.ToString()) : span;
    }

    /// <summary>The span of an operation that starts an orchestration.</summary>
    public static Activity? BeginStart(EntityInstanceId starter, string instanceId) => DurableSpans.IsListenedTo
        ? DurableSpans.Source.StartActivity($"{starter.Name}:create_orchestration", ActivityKind.Producer)
            ?.SetTag("durabletask.type", Type)
            .SetTag("durabletask.event.target_instance_id", instanceId)
            .SetTag("durabletask.task.instance_id", starter.ToString())
        : null;

    /// <summary>The span of an operation while it runs; null when nobody listens or whoever asked for it is not traced.</summary>
    public static Activity? BeginOperation(EntityInstanceId id, EntityOperationRequest request) =>
        DurableSpans.IsListenedTo && ActivityContext.TryParse(request.TraceParent, null, isRemote: true, out ActivityContext parent)
            ? DurableSpans.Source
                .StartActivity(Name(id, request.Operation), request.Caller is null ? ActivityKind.Consumer : ActivityKind.Server, parent)
                ?.SetTag("durabletask.type", Type)
                .SetTag("durabletask.task.operation", request.Caller is null ? Signal : Call)
                .SetTag("durabletask.task.instance_id", id.ToString())
            : null;

    public static void Fail(Activity? span, string message) =>
        span?.SetTag("durabletask.entity.error_message", message).SetStatus(ActivityStatusCode.Error, message);
}
