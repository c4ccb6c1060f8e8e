using DurableTask.Core.Exceptions;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;
using Orchestration.EmbeddedRuntime.Triggers.Http;

namespace Orchestration.EmbeddedRuntime.Triggers.DurableApi;

/// <summary>Starting and steering orchestration instances.</summary>
internal sealed class InstanceCommands(
    DurableTaskClient client, ManagementAddress management, IOptionsMonitor<DurableTaskRegistry> registry)
{
    public async Task<IResult> StartAsync(HttpContext http, string functionName, string? instanceId)
    {
        var query = new ApiQuery(http.Request);
        var timeout = query.Number("timeout");
        if (registry.CurrentValue.GetOrchestrators().All(orchestrator => orchestrator.Key != functionName))
        {
            return HttpProblems.BadRequest($"There is no orchestrator '{functionName}'.");
        }

        var options = new StartOrchestrationOptions(instanceId) { Version = query.Text("version") is { } version ? new(version) : null }
            .WithDedupeStatuses(
                OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended);
        try
        {
            var input = await ReadJsonAsync(http);
            instanceId = await client.ScheduleNewOrchestrationInstanceAsync(functionName, input, options, http.RequestAborted);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            return Conflict($"An orchestration instance '{instanceId}' is running.");
        }
        catch (ArgumentException exception)
        {
            return HttpProblems.BadRequest(exception.Message);
        }

        return timeout is { } seconds && await EndedWithinAsync(instanceId, TimeSpan.FromSeconds(seconds), http.RequestAborted) is { } ended
            ? ended
            : CheckStatus(http, instanceId);
    }

    public async Task<IResult> RaiseEventAsync(HttpContext http, string instanceId, string eventName)
    {
        if (!http.Request.HasJsonContentType())
        {
            return HttpProblems.BadRequest("An event's payload must be application/json.");
        }

        if (await RefuseAsync(http, instanceId) is { } refusal)
        {
            return refusal;
        }

        await client.RaiseEventAsync(instanceId, eventName, await ReadJsonAsync(http), http.RequestAborted);
        return Results.Accepted();
    }

    public async Task<IResult> TerminateAsync(HttpContext http, string instanceId)
    {
        if (await RefuseAsync(http, instanceId) is { } refusal)
        {
            return refusal;
        }

        await client.TerminateInstanceAsync(instanceId, (object?)Reason(http), http.RequestAborted);
        return Results.Accepted();
    }

    public async Task<IResult> SuspendAsync(HttpContext http, string instanceId)
    {
        if (await RefuseAsync(http, instanceId) is { } refusal)
        {
            return refusal;
        }

        await client.SuspendInstanceAsync(instanceId, Reason(http), http.RequestAborted);
        return Results.Accepted();
    }

    public async Task<IResult> ResumeAsync(HttpContext http, string instanceId)
    {
        if (await RefuseAsync(http, instanceId) is { } refusal)
        {
            return refusal;
        }

        await client.ResumeInstanceAsync(instanceId, Reason(http), http.RequestAborted);
        return Results.Accepted();
    }

    public async Task<IResult> RestartAsync(HttpContext http, string instanceId)
    {
        var withNewId = new ApiQuery(http.Request).Flag("restartWithNewInstanceId", whenMissing: true);
        if (await client.GetInstanceAsync(instanceId, getInputsAndOutputs: false, http.RequestAborted) is not { } instance)
        {
            return HttpProblems.BadRequest($"There is no orchestration instance '{instanceId}'.");
        }

        if (!withNewId && !instance.IsCompleted)
        {
            return Conflict($"The orchestration instance '{instanceId}' has not ended.");
        }

        return CheckStatus(http, await client.RestartAsync(instanceId, withNewId, http.RequestAborted));
    }

    public async Task<IResult> PurgeAsync(HttpContext http, string instanceId)
    {
        if (await client.GetInstanceAsync(instanceId, getInputsAndOutputs: false, http.RequestAborted) is not { } instance)
        {
            return HttpProblems.NotFound($"There is no orchestration instance '{instanceId}'.");
        }

        return instance.IsCompleted
            ? Purged(await client.PurgeInstanceAsync(instanceId, http.RequestAborted))
            : Results.Problem(
                statusCode: StatusCodes.Status412PreconditionFailed,
                title: "The orchestration instance has not ended.",
                detail: "Terminate it first.");
    }

    public async Task<IResult> PurgeManyAsync(HttpContext http)
    {
        var query = new ApiQuery(http.Request);
        if (query.Time("createdTimeFrom") is not { } from)
        {
            return HttpProblems.BadRequest("The query parameter 'createdTimeFrom' is required.");
        }

        var filter = new PurgeInstancesFilter(from, query.Time("createdTimeTo"), query.Statuses("runtimeStatus"));
        return Purged(await client.PurgeAllInstancesAsync(filter, http.RequestAborted));
    }

    private static IResult Purged(PurgeResult result) => result.PurgedInstanceCount == 0
        ? HttpProblems.NotFound("No orchestration instance matches.")
        : Results.Json(new Dictionary<string, int> { ["instancesDeleted"] = result.PurgedInstanceCount });

    private static IResult Conflict(string detail)
        => Results.Problem(statusCode: StatusCodes.Status409Conflict, title: "The instance id is in use.", detail: detail);

    private static string? Reason(HttpContext http) => new ApiQuery(http.Request).Text("reason");

    private static async Task<object?> ReadJsonAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var text = await reader.ReadToEndAsync(http.RequestAborted);
        return text.Length == 0 ? null : DurableJson.Parse(text);
    }

    /// <summary>404 where there is no instance, 410 where it has ended, null where it can be steered.</summary>
    private async Task<IResult?> RefuseAsync(HttpContext http, string instanceId)
        => await client.GetInstanceAsync(instanceId, getInputsAndOutputs: false, http.RequestAborted) switch
        {
            null => HttpProblems.NotFound($"There is no orchestration instance '{instanceId}'."),
            { IsCompleted: true } => Results.Problem(
                statusCode: StatusCodes.Status410Gone, title: "The orchestration instance has ended."),
            _ => null,
        };

    private async Task<IResult?> EndedWithinAsync(string instanceId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            var instance = await client.WaitForInstanceCompletionAsync(instanceId, getInputsAndOutputs: true, deadline.Token);
            var status = InstanceStatus.From(instance);
            return instance.RuntimeStatus == OrchestrationRuntimeStatus.Completed ? Results.Json(status.Output) : Results.Json(status);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private IResult CheckStatus(HttpContext http, string instanceId)
    {
        var payload = management.Payload(instanceId, ForwardedAddress.Of(http.Request));
        http.Response.Headers.RetryAfter = "10";
        return Results.Accepted(payload.StatusQueryGetUri, payload);
    }
}
