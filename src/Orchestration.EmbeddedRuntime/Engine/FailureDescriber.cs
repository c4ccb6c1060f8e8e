using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine;

/// <summary>Makes the failure details that are kept of an exception, with the properties that the host's provider adds.</summary>
internal sealed class FailureDescriber(IExceptionPropertiesProvider? properties)
{
    public TaskFailureDetails Describe(Exception exception)
    {
        TaskFailureDetails failure = TaskFailureDetails.FromException(exception);
        return properties is null ? failure : HistoryCodec.Normalize(AddProperties(failure, exception));
    }

    private TaskFailureDetails AddProperties(TaskFailureDetails failure, Exception exception) => failure with
    {
        Properties = properties?.GetExceptionProperties(exception),
        // A task's failure was described where it happened.
        InnerFailure = failure.InnerFailure is { } inner && exception is not TaskFailedException && exception.InnerException is { } cause
            ? AddProperties(inner, cause)
            : failure.InnerFailure,
    };
}
