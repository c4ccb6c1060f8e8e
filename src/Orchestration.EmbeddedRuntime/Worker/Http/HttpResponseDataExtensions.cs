using System.Text;
using Azure.Core.Serialization;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>Writing a response's body. Text is UTF-8 unless an encoding is given.</summary>
public static class HttpResponseDataExtensions
{
    private const string JsonContentType = "application/json; charset=utf-8";

    public static void WriteString(this HttpResponseData response, string value, Encoding? encoding = null)
        => response.WriteBytes((encoding ?? Encoding.UTF8).GetBytes(value));

    public static Task WriteStringAsync(this HttpResponseData response, string value, Encoding? encoding = null)
        => response.WriteStringAsync(value, CancellationToken.None, encoding);

#pragma warning disable CA1068 // The order of the parameters is the package's.
    public static Task WriteStringAsync(
        this HttpResponseData response, string value, CancellationToken cancellationToken, Encoding? encoding = null)
        => response.WriteBytesAsync((encoding ?? Encoding.UTF8).GetBytes(value), cancellationToken);
#pragma warning restore CA1068

    public static ValueTask WriteAsJsonAsync<T>(
        this HttpResponseData response, T? instance, CancellationToken cancellationToken = default)
        => response.WriteAsJsonAsync(instance, JsonContentType, cancellationToken);

    public static ValueTask WriteAsJsonAsync<T>(
        this HttpResponseData response, T? instance, string contentType, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(response);
        var serializer = HttpRequestDataExtensions.Serializer(response.FunctionContext);
        return response.WriteAsJsonAsync(instance, serializer, contentType, cancellationToken);
    }

    public static ValueTask WriteAsJsonAsync<T>(
        this HttpResponseData response, T? instance, ObjectSerializer serializer, CancellationToken cancellationToken = default)
        => response.WriteAsJsonAsync(instance, serializer, JsonContentType, cancellationToken);

    public static async ValueTask WriteAsJsonAsync<T>(
        this HttpResponseData response,
        T? instance,
        ObjectSerializer serializer,
        string contentType,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(serializer);
        response.Headers.Remove("Content-Type");
        response.Headers.TryAddWithoutValidation("Content-Type", contentType);
        await serializer.SerializeAsync(response.Body, instance, typeof(T), cancellationToken);
    }

    public static void WriteBytes(this HttpResponseData response, byte[] value)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.Body.Write(value);
    }

    public static Task WriteBytesAsync(this HttpResponseData response, byte[] value)
        => response.WriteBytesAsync(value, CancellationToken.None);

    public static Task WriteBytesAsync(this HttpResponseData response, byte[] value, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.Body.WriteAsync(value, cancellationToken).AsTask();
    }
}
