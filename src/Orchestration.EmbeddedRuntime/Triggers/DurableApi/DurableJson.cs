using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Orchestration.EmbeddedRuntime.Triggers.DurableApi;

/// <summary>Values as the durable HTTP API writes and reads them.</summary>
internal static class DurableJson
{
    /// <summary>The JSON itself; a text that is no JSON as a text.</summary>
    public static JsonElement? Element(string? serialized)
    {
        if (string.IsNullOrEmpty(serialized))
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(serialized);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(serialized);
        }
    }

    /// <summary>A time in UTC, to the second.</summary>
    public static string Time(DateTimeOffset time)
        => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <exception cref="BadHttpRequestException">The body is not JSON.</exception>
    public static JsonElement Parse(string body)
    {
        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException exception)
        {
            throw new BadHttpRequestException("The body is not valid JSON.", exception);
        }
    }
}
