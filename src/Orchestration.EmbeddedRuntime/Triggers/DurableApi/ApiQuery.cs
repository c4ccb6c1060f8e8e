using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;

namespace Orchestration.EmbeddedRuntime.Triggers.DurableApi;

/// <summary>Reads the query parameters of the durable HTTP API. A bad value is a <see cref="BadHttpRequestException"/>.</summary>
internal sealed class ApiQuery(HttpRequest request)
{
    /// <summary>The header that leads from page to page, both ways.</summary>
    public const string ContinuationHeader = "x-ms-continuation-token";

    private const int MaxPageSize = 1000;

    /// <summary>The most results on a page.</summary>
    public int PageSize => Math.Clamp(Number("top") ?? OrchestrationQuery.DefaultPageSize, 1, MaxPageSize);

    /// <summary>Where the page begins; null: at the beginning.</summary>
    public string? ContinuationToken => request.Headers[ContinuationHeader] is [{ Length: > 0 } given] ? given : null;

    public bool Flag(string name, bool whenMissing = false)
        => Text(name) is not { } text ? whenMissing : bool.TryParse(text, out var flag) ? flag : throw Bad(name, text, "true or false");

    public int? Number(string name)
        => Text(name) is not { } text ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw Bad(name, text, "a whole number");

    /// <summary>Times without a zone are UTC.</summary>
    public DateTimeOffset? Time(string name)
        => Text(name) is not { } text ? null
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
            : throw Bad(name, text, "an ISO 8601 time");

    /// <summary>Names separated by commas; null where the parameter is missing.</summary>
    public IReadOnlyList<OrchestrationRuntimeStatus>? Statuses(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

        OrchestrationRuntimeStatus Parse(string status)
            => Enum.TryParse<OrchestrationRuntimeStatus>(status, ignoreCase: true, out var value) && char.IsAsciiLetter(status[0])
                ? value
                : throw Bad(name, status, "a runtime status");
    }

    public string? Text(string name) => request.Query[name] is [{ Length: > 0 } text, ..] ? text : null;

    private static BadHttpRequestException Bad(string name, string found, string expected)
        => new($"The query parameter '{name}' must be {expected}; it is '{found}'.");
}
