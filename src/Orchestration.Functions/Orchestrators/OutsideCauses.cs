using Microsoft.DurableTask;
using Orchestration.Protocol;

namespace Orchestration.Functions.Orchestrators;

/// <summary>How activities that fail for outside reasons are tried again, and what is said of them in the end.</summary>
internal static class OutsideCauses
{
    /// <summary>Outside causes (storage that does not answer, a worker that went away) usually pass within a minute.</summary>
    public static TaskOptions Retry { get; } = TaskOptions.FromRetryPolicy(
        new RetryPolicy(5, TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromSeconds(30)));

    /// <summary>The error of a job whose activity did not get through.</summary>
    public static JobError Describe(TaskFailedException exception, string phase) =>
        JobError.Create(ErrorCodes.ExecutionError, exception.FailureDetails.ErrorMessage, phase);
}
