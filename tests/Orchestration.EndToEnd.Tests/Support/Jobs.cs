using System.Text.Json.Nodes;

namespace Orchestration.EndToEnd.Tests.Support;

/// <summary>Job documents as a user would write them.</summary>
internal static class Jobs
{
    public static JsonObject Echo(string jobId, JsonNode? data = null) =>
        Document(jobId, "system.echo", data ?? new JsonObject { ["message"] = "ping" });

    public static JsonObject Inspect(string jobId, string path, string? format = null, params IEnumerable<string> profiles) =>
        Document(jobId, "guestkit.inspect", new JsonObject
        {
            ["image"] = new JsonObject { ["path"] = path, ["format"] = format },
            ["options"] = new JsonObject { ["profiles"] = new JsonArray([.. profiles.Select(profile => JsonValue.Create(profile))]) },
        });

    public static JsonObject Profile(string jobId, string path, JsonObject? options, params IEnumerable<string> profiles) =>
        Document(jobId, "guestkit.profile", new JsonObject
        {
            ["image"] = new JsonObject { ["path"] = path },
            ["profiles"] = new JsonArray([.. profiles.Select(profile => JsonValue.Create(profile))]),
            ["options"] = options,
        });

    public static JsonObject Compare(string jobId, JsonNode baseline, JsonNode target, JsonNode? options) =>
        Document(jobId, "guestkit.compare", new JsonObject { ["baseline"] = baseline, ["target"] = target, ["options"] = options });

    private static JsonObject Document(string jobId, string operation, JsonNode data) => new()
    {
        ["version"] = "1.0",
        ["job_id"] = jobId,
        ["created_at"] = "2026-03-01T08:00:00Z",
        ["kind"] = "VMOperation",
        ["operation"] = operation,
        ["payload"] = new JsonObject { ["type"] = $"{operation}.v1", ["data"] = data },
    };
}
