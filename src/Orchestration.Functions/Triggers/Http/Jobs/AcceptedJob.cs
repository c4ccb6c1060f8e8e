using System.Text.Json.Serialization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Access;
using Orchestration.Protocol.Results;
using Orchestration.Protocol.Service;

namespace Orchestration.Functions.Triggers.Http.Jobs;

/// <summary>The answer to a submission: where to look, in the job's words and in those of the durable HTTP API.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Links">Where it and its result are found.</param>
/// <param name="Orchestration">
/// The check-status URLs of its orchestration. They open it whatever the key: a caller with a key of the app's own is not given them.
/// </param>
public sealed record AcceptedJob(string JobId, JobLinks Links, CheckStatus? Orchestration)
{
    /// <summary>True where the idempotency key stands for this job, which was submitted before.</summary>
    public bool? Deduplicated { get; init; }

    /// <summary>The result of such a job that has completed.</summary>
    public JobResult? Result { get; init; }

    /// <summary>Members of the document that this version does not know, as JSON pointers: kept, and without effect.</summary>
    public IReadOnlyList<string> UnknownMembers { get; init; } = [];

    public static AcceptedJob For(string jobId, DurableTaskClient client, Caller caller) =>
        new(jobId, JobLinks.For(jobId), caller.Name is null ? CheckStatus.From(client.CreateHttpManagementPayload(jobId)) : null);
}

/// <summary>
/// The check-status URLs of an orchestration, under the names that clients of Durable Functions know. The programming model's own type is
/// not written as JSON: its names are only right for the serializer that it is annotated for.
/// </summary>
public sealed record CheckStatus(
    [property: JsonPropertyName("id")] string? Id,
    [property: JsonPropertyName("statusQueryGetUri")] string? StatusQueryGetUri,
    [property: JsonPropertyName("sendEventPostUri")] string? SendEventPostUri,
    [property: JsonPropertyName("terminatePostUri")] string? TerminatePostUri,
    [property: JsonPropertyName("suspendPostUri")] string? SuspendPostUri,
    [property: JsonPropertyName("resumePostUri")] string? ResumePostUri,
    [property: JsonPropertyName("purgeHistoryDeleteUri")] string? PurgeHistoryDeleteUri)
{
    public static CheckStatus From(HttpManagementPayload payload) => new(
        payload.Id,
        payload.StatusQueryGetUri,
        payload.SendEventPostUri,
        payload.TerminatePostUri,
        payload.SuspendPostUri,
        payload.ResumePostUri,
        payload.PurgeHistoryDeleteUri);
}
