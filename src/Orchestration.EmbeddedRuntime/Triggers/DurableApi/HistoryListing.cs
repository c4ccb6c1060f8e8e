using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Triggers.DurableApi;

/// <summary>
/// The <c>historyEvents</c> of an instance's status: one for each thing that happened, oldest first. A call and its answer are one, told when the
/// answer came. Calls that are still open, and the turns themselves, are left out.
/// </summary>
internal sealed class HistoryListing
{
    private readonly bool _showInput;
    private readonly bool _showOutput;
    private readonly Dictionary<int, (ActionEvent Action, DateTime At)> _asked = [];
    private readonly List<JsonObject> _events = [];

    private HistoryListing(bool showInput, bool showOutput)
    {
        _showInput = showInput;
        _showOutput = showOutput;
    }

    /// <param name="turns">The history of the current execution, turn by turn.</param>
    /// <param name="showInput">Whether inputs are shown.</param>
    /// <param name="showOutput">Whether results are shown.</param>
    public static IReadOnlyList<JsonObject> Of(IEnumerable<IReadOnlyList<HistoryEvent>> turns, bool showInput, bool showOutput)
    {
        var listing = new HistoryListing(showInput, showOutput);
        DateTime at = default;
        foreach (var past in turns.SelectMany(turn => turn))
        {
            at = past is OrchestratorStarted turn ? turn.Timestamp : at;
            listing.Add(past, at);
        }

        return listing._events;
    }

    private void Add(HistoryEvent past, DateTime at)
    {
        switch (past)
        {
            case ActionEvent { IsAwaited: true } action:
                _asked[action.TaskId] = (action, at);
                break;
            case EventSent sent:
                Tell("EventSent", at, ("InstanceId", sent.InstanceId), ("Name", sent.Name), ("Input", Input(sent.Payload)));
                break;
            case ExecutionStarted started:
                Tell("ExecutionStarted", at, ("FunctionName", started.Name), ("Input", Input(started.Input)));
                break;
            case ExecutionCompleted completed:
                Tell("ExecutionCompleted", at, Status(OrchestrationRuntimeStatus.Completed), ("Result", Output(completed.Result)));
                break;
            case ExecutionFailed failed:
                Tell("ExecutionCompleted", at, Status(OrchestrationRuntimeStatus.Failed), ("Reason", failed.Failure.ErrorMessage), ("Details", Details(failed.Failure)));
                break;
            case ExecutionTerminated terminated:
                Tell("ExecutionTerminated", at, ("Input", Input(terminated.Output)));
                break;
            case ExecutionSuspended suspended:
                Tell("ExecutionSuspended", at, ("Reason", suspended.Reason));
                break;
            case ExecutionResumed resumed:
                Tell("ExecutionResumed", at, ("Reason", resumed.Reason));
                break;
            case EventRaised raised:
                Tell("EventRaised", at, ("Name", raised.Name), ("Input", Input(raised.Payload)));
                break;
            case TaskCompleted completed:
                Answer("TaskCompleted", completed, at, ("Result", Output(completed.Result)));
                break;
            case TaskFailed failed:
                Answer("TaskFailed", failed, at, ("Reason", failed.Failure.ErrorMessage), ("Details", Details(failed.Failure)));
                break;
            case SubOrchestrationCompleted completed:
                Answer("SubOrchestrationInstanceCompleted", completed, at, ("Result", Output(completed.Result)));
                break;
            case SubOrchestrationFailed failed:
                Answer("SubOrchestrationInstanceFailed", failed, at, ("Reason", failed.Failure.ErrorMessage), ("Details", Details(failed.Failure)));
                break;
            case TimerFired fired:
                Answer("TimerFired", fired, at);
                break;
        }
    }

    private void Answer(string type, ResultEvent answer, DateTime at, params (string Name, JsonNode? Value)[] properties)
    {
        if (!_asked.TryGetValue(answer.TaskId, out var question))
        {
            return;
        }

        (string, JsonNode?)[] asked = question.Action switch
        {
            TaskScheduled call => [("FunctionName", call.Name), ("Input", Input(call.Input))],
            SubOrchestrationCreated child => [("FunctionName", child.Name), ("InstanceId", child.InstanceId), ("Input", Input(child.Input))],
            TimerCreated timer => [("FireAt", Time(timer.FireAt))],
            _ => [],
        };
        Tell(type, at, [.. asked, .. properties, ("ScheduledTime", Time(question.At))]);
    }

    private void Tell(string type, DateTime at, params (string Name, JsonNode? Value)[] properties)
    {
        var told = new JsonObject { ["EventType"] = type };
        foreach (var (name, value) in properties.Where(property => property.Value is not null))
        {
            told[name] = value;
        }

        told["Timestamp"] = Time(at);
        _events.Add(told);
    }

    private JsonNode? Input(string? serialized) => _showInput ? Node(serialized) : null;

    private JsonNode? Output(string? serialized) => _showOutput ? Node(serialized) : null;

    private JsonNode? Details(TaskFailureDetails failure) => _showOutput ? failure.StackTrace ?? failure.ToString() : null;

    private static (string Name, JsonNode? Value) Status(OrchestrationRuntimeStatus status) => ("OrchestrationStatus", status.ToString());

    private static JsonNode? Node(string? serialized) => DurableJson.Element(serialized) is { ValueKind: not JsonValueKind.Null } element
        ? JsonSerializer.SerializeToNode(element)
        : null;

    private static JsonNode Time(DateTime time) => time.ToString("o", System.Globalization.CultureInfo.InvariantCulture);
}
