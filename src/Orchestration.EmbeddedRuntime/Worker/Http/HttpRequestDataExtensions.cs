using System.Net;
using System.Text;
using Azure.Core.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>Reading a request's body.</summary>
public static class HttpRequestDataExtensions
{
    /// <param name="request">The request.</param>
    /// <param name="encoding">UTF-8 where it is null.</param>
    public static async Task<string?> ReadAsStringAsync(this HttpRequestData request, Encoding? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var reader = new StreamReader(request.Body, encoding ?? Encoding.UTF8, leaveOpen: true);
        return await reader.ReadToEndAsync(request.FunctionContext.CancellationToken);
    }

    /// <inheritdoc cref="ReadAsStringAsync"/>
    /// <exception cref="InvalidOperationException">The server allows no synchronous reading, as is its default.</exception>
    public static string? ReadAsString(this HttpRequestData request, Encoding? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var reader = new StreamReader(request.Body, encoding ?? Encoding.UTF8, leaveOpen: true);
        return reader.ReadToEnd();
    }

    public static ValueTask<T?> ReadFromJsonAsync<T>(this HttpRequestData request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.ReadFromJsonAsync<T>(Serializer(request.FunctionContext), cancellationToken);
    }

    /// <exception cref="System.Text.Json.JsonException">The body is no JSON, or does not fit <typeparamref name="T"/>.</exception>
    public static async ValueTask<T?> ReadFromJsonAsync<T>(
        this HttpRequestData request, ObjectSerializer serializer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(serializer);
        return (T?)await serializer.DeserializeAsync(request.Body, typeof(T), cancellationToken);
    }

    /// <summary>A response with the given status and no body.</summary>
    public static HttpResponseData CreateResponse(this HttpRequestData request, HttpStatusCode statusCode)
    {
        ArgumentNullException.ThrowIfNull(request);
        var response = request.CreateResponse();
        response.StatusCode = statusCode;
        return response;
    }

    internal static ObjectSerializer Serializer(FunctionContext context)
        => context.InstanceServices.GetRequiredService<IOptions<WorkerOptions>>().Value.Serializer ?? WorkerOptions.DefaultSerializer;
}
