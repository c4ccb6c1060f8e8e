using System.Net;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Triggers.DurableApi;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>HTTP answers that tell a caller where to follow an orchestration.</summary>
public static class DurableTaskClientExtensions
{
    /// <summary>A 202 answer with the management addresses in its body and the status address as <c>Location</c>.</summary>
    public static Task<HttpResponseData> CreateCheckStatusResponseAsync(
        this DurableTaskClient client, HttpRequestData request, string instanceId, CancellationToken cancellation = default)
        => client.CreateCheckStatusResponseAsync(request, instanceId, HttpStatusCode.Accepted, cancellation);

    /// <inheritdoc cref="CreateCheckStatusResponseAsync(DurableTaskClient, HttpRequestData, string, CancellationToken)"/>
    public static async Task<HttpResponseData> CreateCheckStatusResponseAsync(
        this DurableTaskClient client,
        HttpRequestData request,
        string instanceId,
        HttpStatusCode statusCode,
        CancellationToken cancellation = default)
    {
        var (response, payload) = BeginCheckStatusResponse(client, request, instanceId, statusCode);
        await response.WriteAsJsonAsync(payload, cancellation);
        return response;
    }

    /// <inheritdoc cref="CreateCheckStatusResponseAsync(DurableTaskClient, HttpRequestData, string, CancellationToken)"/>
    public static HttpResponseData CreateCheckStatusResponse(
        this DurableTaskClient client, HttpRequestData request, string instanceId, CancellationToken cancellation = default)
        => client.CreateCheckStatusResponse(request, instanceId, HttpStatusCode.Accepted, cancellation);

    /// <inheritdoc cref="CreateCheckStatusResponseAsync(DurableTaskClient, HttpRequestData, string, CancellationToken)"/>
    public static HttpResponseData CreateCheckStatusResponse(
        this DurableTaskClient client,
        HttpRequestData request,
        string instanceId,
        HttpStatusCode statusCode,
        CancellationToken cancellation = default)
    {
        var (response, payload) = BeginCheckStatusResponse(client, request, instanceId, statusCode);
        response.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=utf-8");
        HttpRequestDataExtensions.Serializer(request.FunctionContext)
            .Serialize(response.Body, payload, typeof(HttpManagementPayload), cancellation);
        return response;
    }

    /// <summary>
    /// Waits for the orchestration to end. Ended in time: status 200 and its output as JSON, or 500 where it failed and the caller
    /// wants that told. Not ended when <paramref name="cancellation"/> asks: the answer of
    /// <see cref="CreateCheckStatusResponseAsync(DurableTaskClient, HttpRequestData, string, CancellationToken)"/>.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="request">The request to answer.</param>
    /// <param name="instanceId">The orchestration.</param>
    /// <param name="retryInterval">Not used: the embedded engine tells at once when an orchestration ends.</param>
    /// <param name="returnInternalServerErrorOnFailure">Whether a failed orchestration gives 500 instead of 200.</param>
    /// <param name="getInputsAndOutputs">Whether the answer holds inputs and outputs.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static async Task<HttpResponseData> WaitForCompletionOrCreateCheckStatusResponseAsync(
        this DurableTaskClient client,
        HttpRequestData request,
        string instanceId,
        TimeSpan? retryInterval = null,
        bool returnInternalServerErrorOnFailure = false,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        try
        {
            var instance = await client.WaitForInstanceCompletionAsync(instanceId, getInputsAndOutputs, cancellation);
            var isFailure = returnInternalServerErrorOnFailure && instance.RuntimeStatus == OrchestrationRuntimeStatus.Failed;
            var response = request.CreateResponse(isFailure ? HttpStatusCode.InternalServerError : HttpStatusCode.OK);
            await response.WriteAsJsonAsync(InstanceStatus.From(instance), CancellationToken.None);
            return response;
        }
        catch (OperationCanceledException)
        {
            return await client.CreateCheckStatusResponseAsync(request, instanceId, CancellationToken.None);
        }
    }

    /// <summary>The addresses for an instance.</summary>
    /// <param name="client">A client of this host.</param>
    /// <param name="instanceId">The instance; it need not exist yet.</param>
    /// <param name="request">
    /// The request being answered: the addresses are as its caller sees the host, proxies' <c>Forwarded</c> and
    /// <c>X-Forwarded-*</c> headers included. Null: as the host listens.
    /// </param>
    public static HttpManagementPayload CreateHttpManagementPayload(
        this DurableTaskClient client, string instanceId, HttpRequestData? request = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var management = ManagementAddress.Of(client);
        return management.Payload(instanceId, request is null ? management.BaseAddress : ForwardedAddress.Of(request));
    }

    private static (HttpResponseData Response, HttpManagementPayload Payload) BeginCheckStatusResponse(
        DurableTaskClient client, HttpRequestData request, string instanceId, HttpStatusCode statusCode)
    {
        var payload = client.CreateHttpManagementPayload(instanceId, request);
        var response = request.CreateResponse(statusCode);
        response.Headers.TryAddWithoutValidation("Location", payload.StatusQueryGetUri);
        return (response, payload);
    }
}
