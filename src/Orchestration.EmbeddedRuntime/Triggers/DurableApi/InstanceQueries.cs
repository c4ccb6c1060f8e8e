using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Engine;
using Orchestration.EmbeddedRuntime.Triggers.Http;

namespace Orchestration.EmbeddedRuntime.Triggers.DurableApi;

/// <summary>Asking about orchestration instances.</summary>
internal sealed class InstanceQueries(
    DurableTaskClient client, DurableEngine engine, InstanceDiagnoser diagnoser, InstanceHistories histories, ManagementAddress management)
{
    private static readonly JsonSerializerOptions DiagnosisJson = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>200 when it has ended, 202 while it has not, 404 where there is none.</summary>
    public async Task<IResult> GetAsync(HttpContext http, string instanceId)
    {
        var query = new ApiQuery(http.Request);
        var showInput = query.Flag("showInput", whenMissing: true);
        var showHistory = query.Flag("showHistory");
        var showHistoryOutput = query.Flag("showHistoryOutput");
        var failsOnFailure = query.Flag("returnInternalServerErrorOnFailure");
        if (await client.GetInstanceAsync(instanceId, getInputsAndOutputs: true, http.RequestAborted) is not { } instance)
        {
            return NotFound(instanceId);
        }

        var status = InstanceStatus.From(instance, showInput);
        if (showHistory && engine.Reader.Inspect(instanceId) is { } stored)
        {
            status = status with { HistoryEvents = HistoryListing.Of(stored.Turns, showInput, showHistoryOutput) };
        }

        if (!instance.IsCompleted)
        {
            http.Response.Headers.Location = management.Payload(instanceId, ForwardedAddress.Of(http.Request)).StatusQueryGetUri;
            http.Response.Headers.RetryAfter = "5";
            return Results.Json(status, statusCode: StatusCodes.Status202Accepted);
        }

        var isFailure = failsOnFailure && instance.RuntimeStatus == OrchestrationRuntimeStatus.Failed;
        return Results.Json(
            status,
            statusCode: isFailure ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK);
    }

    /// <summary>Why the instance does not move: an <see cref="InstanceDiagnosis"/>; 404 where there is none.</summary>
    public IResult Diagnose(string instanceId) => diagnoser.Diagnose(instanceId) is { } diagnosis
        ? Results.Json(diagnosis, DiagnosisJson)
        : NotFound(instanceId);

    /// <summary>The history as <see cref="InstanceHistories"/> exports it; 404 where there is none.</summary>
    public IResult History(string instanceId) => histories.Export(instanceId) is { } document
        ? Results.Text(document, "application/json")
        : NotFound(instanceId);

    /// <summary>One page; the header <c>x-ms-continuation-token</c> leads to the next.</summary>
    public async Task<IResult> ListAsync(HttpContext http)
    {
        var query = new ApiQuery(http.Request);
        var showInput = query.Flag("showInput", whenMissing: true);
        var size = query.PageSize;
        var filter = new OrchestrationQuery(
            query.Time("createdTimeFrom"),
            query.Time("createdTimeTo"),
            query.Statuses("runtimeStatus"),
            InstanceIdPrefix: query.Text("instanceIdPrefix"),
            PageSize: size,
            FetchInputsAndOutputs: true);
        await foreach (var page in client.GetAllInstancesAsync(filter).AsPages(query.ContinuationToken, size).WithCancellation(http.RequestAborted))
        {
            if (page.ContinuationToken is { } next)
            {
                http.Response.Headers[ApiQuery.ContinuationHeader] = next;
            }

            return Results.Json(page.Values.Select(instance => InstanceStatus.From(instance, showInput)));
        }

        return Results.Json(Array.Empty<InstanceStatus>());
    }

    private static IResult NotFound(string instanceId) => HttpProblems.NotFound($"There is no orchestration instance '{instanceId}'.");
}
