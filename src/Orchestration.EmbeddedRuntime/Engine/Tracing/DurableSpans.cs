using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Tracing;

/// <summary>
/// The spans of source <c>Microsoft.DurableTask</c>, named and tagged as by the Microsoft worker. The identifiers of spans that outlive a
/// process are derived from the execution, so that nothing but the starter's context has to be stored.
/// </summary>
internal static class DurableSpans
{
    /// <summary>The source's name, by which people subscribe.</summary>
    public const string SourceName = "Microsoft.DurableTask";

    public static readonly ActivitySource Source = new(SourceName);

    private static readonly bool CanNameSpans = TryNameSpan();

    public static bool IsListenedTo => Source.HasListeners();

    /// <summary>The W3C context of what runs now; null: it is not traced.</summary>
    public static string? Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } context } ? context : null;

    /// <summary>The span of a client that starts an orchestration. While it is open, <see cref="Activity.Current"/> is the starter's context.</summary>
    public static Activity? BeginCreation(string name, string version, string instanceId, string executionId)
    {
        Activity? span = Source.StartActivity(Name("create_orchestration", name, version), ActivityKind.Producer);
        return Tag(span, "orchestration", name, instanceId, version)?.SetTag("durabletask.task.execution_id", executionId);
    }

    /// <summary>The span of a client that raises an event.</summary>
    public static Activity? BeginEvent(string name, string targetInstanceId) => Source
        .StartActivity($"orchestration_event:{name}", ActivityKind.Producer)
        ?.SetTag("durabletask.type", "event")
        .SetTag("durabletask.task.name", name)
        .SetTag("durabletask.event.target_instance_id", targetInstanceId);

    /// <summary>The span of an activity while it runs; null when nobody listens or the orchestration is not traced.</summary>
    public static Activity? BeginActivity(TaskScheduled call, string instanceId) =>
        ActivityContext.TryParse(call.TraceParent, null, isRemote: true, out ActivityContext parent)
            ? Tag(Source.StartActivity(Name("activity", call.Name, call.Version), ActivityKind.Server, parent), "activity", call.Name, instanceId, call.Version)
                ?.SetTag("durabletask.task.task_id", call.TaskId)
            : null;

    /// <summary>The context under which an execution's orchestrator, or one of its tasks, continues the trace; null: it is not traced.</summary>
    /// <param name="execution">The execution.</param>
    /// <param name="taskId">The task; null: the orchestrator itself.</param>
    public static string? ContextOf(ExecutionStarted execution, int? taskId) =>
        ActivityContext.TryParse(execution.TraceParent, execution.TraceState, isRemote: true, out ActivityContext parent)
            ? $"00-{parent.TraceId}-{SpanOf(execution, taskId)}-{(byte)parent.TraceFlags:x2}"
            : null;

    /// <summary>A span that is over: it is told with the times that it had.</summary>
    /// <param name="execution">The execution that it belongs to.</param>
    /// <param name="taskId">The task that it is about; null: the execution itself.</param>
    /// <param name="kind">What kind of work it is.</param>
    /// <param name="type">What it is about, such as <c>activity</c>.</param>
    /// <param name="spanName">The span's name.</param>
    /// <param name="begin">When it began, in UTC.</param>
    /// <param name="end">When it ended, in UTC.</param>
    /// <param name="complete">Adds what else is to be told.</param>
    public static void Tell(
        ExecutionStarted execution,
        int? taskId,
        ActivityKind kind,
        string type,
        string spanName,
        DateTime begin,
        DateTime end,
        Action<Activity> complete)
    {
        string? parent = taskId is null ? execution.TraceParent : ContextOf(execution, null);
        if (ActivityContext.TryParse(parent, execution.TraceState, isRemote: true, out ActivityContext context)
            && Source.StartActivity(spanName, kind, context, startTime: begin) is { } span)
        {
            if (CanNameSpans)
            {
                SpanIdOf(span) = SpanOf(execution, taskId).ToHexString();
                IdOf(span) = null;
            }

            span.SetTag("durabletask.type", type);
            complete(span);
            span.SetEndTime(end);
            span.Dispose();
        }
    }

    public static string Name(string kind, string name, string version) => version.Length == 0 ? $"{kind}:{name}" : $"{kind}:{name}@({version})";

    public static Activity? Tag(Activity? span, string type, string name, string instanceId, string version)
    {
        span?.SetTag("durabletask.type", type).SetTag("durabletask.task.name", name).SetTag("durabletask.task.instance_id", instanceId);
        return version.Length == 0 ? span : span?.SetTag("durabletask.task.version", version);
    }

    private static ActivitySpanId SpanOf(ExecutionStarted execution, int? taskId) => ActivitySpanId.CreateFromBytes(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{execution.ExecutionId}/{taskId}")).AsSpan(0, 8));

    /// <summary>
    /// Whether this version of .NET has the fields below. If one day it has not, traces lose their parents, and nothing else: the engine must
    /// not stop for them.
    /// </summary>
    private static bool TryNameSpan()
    {
        try
        {
            using var span = new Activity("probe");
            SpanIdOf(span) = null;
            IdOf(span) = null;
            return true;
        }
        catch (MissingFieldException)
        {
            return false;
        }
    }

    // There is no public way to give a span its identifier, which others have named as their parent before it is told. The Durable Task
    // Framework sets the same fields by reflection.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_spanId")]
    private static extern ref string? SpanIdOf(Activity span);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_id")]
    private static extern ref string? IdOf(Activity span);
}
