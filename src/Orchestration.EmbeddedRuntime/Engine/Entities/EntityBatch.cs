using System.Diagnostics;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Tracing;

namespace Orchestration.EmbeddedRuntime.Engine.Entities;

/// <summary>Something that an operation asked for, and that happens when its batch is committed.</summary>
internal abstract record EntityEffect;

/// <summary>A signal to an entity.</summary>
internal sealed record EntitySignal(string EntityId, EntityOperationRequest Request, DateTime? SignalTime) : EntityEffect;

/// <summary>The start of an orchestration.</summary>
internal sealed record OrchestrationStart(string InstanceId, ExecutionStarted Started, DateTime? StartAt) : EntityEffect;

/// <summary>
/// Operations that run one after another on one entity and are stored together. An operation that throws leaves no trace but its answer.
/// </summary>
/// <param name="id">The entity.</param>
/// <param name="state">Its state.</param>
/// <param name="operations">In their order.</param>
/// <param name="tasks">The worker.</param>
/// <param name="logger">Told of operations that throw.</param>
internal sealed class EntityBatch(
    EntityInstanceId id,
    EntityState state,
    IReadOnlyList<EntityOperationRequest> operations,
    WorkerTasks tasks,
    ILogger logger)
{
    private readonly List<(EntityCaller Caller, ResultEvent Answer)> _answers = [];
    private readonly List<EntityEffect> _effects = [];
    private int _next;

    public EntityInstanceId Id => id;

    public IReadOnlyList<(EntityCaller Caller, ResultEvent Answer)> Answers => _answers;

    /// <summary>In the order in which they were asked for.</summary>
    public IReadOnlyList<EntityEffect> Effects => _effects;

    /// <summary>Whether every operation has its answer.</summary>
    public bool IsDone => _next >= operations.Count;

    /// <summary>Runs the operations that have not been run.</summary>
    public async Task RunAsync(ITaskEntity entity)
    {
        while (!IsDone)
        {
            EntityOperationRequest request = operations[_next++];
            var context = new Context(this);
            using Activity? span = EntitySpans.BeginOperation(id, request);
            try
            {
                object? result = await entity.RunAsync(new Operation(request, context, state, tasks.Converter));
                string? data = tasks.Converter.Serialize(result);
                Answer(request, caller => new EntityOperationCompleted(caller.TaskId, data));
                state.Keep();
                _effects.AddRange(context.Effects);
            }
#pragma warning disable CA1031 // Whatever an operation throws is how it failed.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                EntitySpans.Fail(span, exception.Message);
                logger.OperationError(exception, id.ToString(), request.Operation);
                state.TakeBack();
                Answer(request, caller => new EntityOperationFailed(caller.TaskId, tasks.Failures.Describe(exception)));
            }
        }
    }

    /// <summary>Gives up the operations that have not been run.</summary>
    public void Fail(TaskFailureDetails failure)
    {
        while (!IsDone)
        {
            Answer(operations[_next++], caller => new EntityOperationFailed(caller.TaskId, failure));
        }
    }

    private void Answer(EntityOperationRequest request, Func<EntityCaller, ResultEvent> answer)
    {
        if (request.Caller is { } caller)
        {
            _answers.Add((caller, answer(caller)));
        }
    }

    private sealed class Operation(EntityOperationRequest request, TaskEntityContext context, TaskEntityState state, DataConverter converter)
        : TaskEntityOperation
    {
        public override string Name => request.Operation;

        public override TaskEntityContext Context => context;

        public override TaskEntityState State => state;

        public override bool HasInput => request.Input is not null;

        public override object? GetInput(Type inputType) => converter.Deserialize(request.Input, inputType);
    }

    private sealed class Context(EntityBatch batch) : TaskEntityContext
    {
        public List<EntityEffect> Effects { get; } = [];

        public override EntityInstanceId Id => batch.Id;

        public override void SignalEntity(EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null)
        {
            ArgumentException.ThrowIfNullOrEmpty(operationName);
            if (id == default)
            {
                throw new ArgumentException("An entity id needs a name and a key.", nameof(id));
            }

            string? data = batch.Converter.Serialize(input);
            DateTime? signalTime = options?.SignalTime?.UtcDateTime;
            using Activity? span = EntitySpans.BeginSignal(id, operationName, signalTime, sender: Id);
            var request = new EntityOperationRequest(operationName, data, TraceParent: DurableSpans.Current);
            Effects.Add(new EntitySignal(id.ToString(), request, signalTime));
        }

        public override string ScheduleNewOrchestration(TaskName name, object? input = null, StartOrchestrationOptions? options = null)
        {
            string instanceId = options?.InstanceId is { Length: > 0 } given ? given : Guid.NewGuid().ToString("N");
            string? data = batch.Converter.Serialize(input);
            using Activity? span = EntitySpans.BeginStart(Id, instanceId);
            var started = new ExecutionStarted(
                name.Name,
                options?.Version is { } version ? version.Version : string.Empty,
                data,
                Guid.NewGuid().ToString("N"),
                options?.Tags is { Count: > 0 } tags ? tags : null)
            {
                TraceParent = DurableSpans.Current,
                TraceState = Activity.Current?.TraceStateString,
            };
            Effects.Add(new OrchestrationStart(instanceId, started, options?.StartAt?.UtcDateTime));
            return instanceId;
        }
    }

    private DataConverter Converter => tasks.Converter;
}
