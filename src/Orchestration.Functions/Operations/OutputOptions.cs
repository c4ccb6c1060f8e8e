using System.Text.Json;
using Orchestration.Functions.Storage;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Operations;

/// <summary>How a job's outputs are to be written: the member <c>output</c> of a payload.</summary>
/// <param name="Format">JSON or YAML.</param>
/// <param name="Destination">Name of the blob in the container <c>results</c> that gets the primary output; null for the job's own folder.</param>
/// <param name="Compressed">Whether they are compressed with gzip.</param>
public sealed record OutputOptions(DocumentFormat Format, string? Destination, bool Compressed)
{
    private const int MaximumLength = 1024;

    /// <summary>What a payload's data asks for; the defaults where it says nothing.</summary>
    public static OutputOptions Read(JsonElement data)
    {
        var output = data.ValueKind == JsonValueKind.Object && data.TryGetProperty("output", out var found) ? found : default;
        return new OutputOptions(
            Text(output, "format") == "yaml" ? DocumentFormat.Yaml : DocumentFormat.Json,
            Text(output, "destination") is { } destination ? WithoutContainer(destination) : null,
            Text(output, "compression") == "gzip");
    }

    /// <summary>Notes what is wrong with the member.</summary>
    public static void Check(ValueReader? output)
    {
        output?.OneOf("format", ["json", "yaml"]);
        output?.OneOf("compression", ["none", "gzip"]);
        if (output?.String("destination", maximumLength: MaximumLength) is { } destination && !IsAllowed(WithoutContainer(destination)))
        {
            output.Refuse(
                "destination",
                $"Expected a path below {Containers.Results}/, without '.' and '..', whose first folder cannot be a job's: short of 8 characters.",
                ErrorCodes.PathNotAllowed);
        }
    }

    private static string? Text(JsonElement output, string name) =>
        output.ValueKind == JsonValueKind.Object && output.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>Null where the path is not in the container.</summary>
    private static string? WithoutContainer(string destination)
    {
        var path = destination.StartsWith('/') ? destination[1..] : destination;
        return path.StartsWith($"{Containers.Results}/", StringComparison.Ordinal) ? path[(Containers.Results.Length + 1)..] : null;
    }

    /// <summary>A job's folder has the job's id as its name, and nobody else may write there.</summary>
    private static bool IsAllowed(string? name)
    {
        var segments = name?.Split('/') ?? [];
        return segments.Length >= 2
            && !JobDocumentReader.IsJobId(segments[0])
            && segments.All(segment => segment is not ("" or "." or ".."))
            && !name.AsSpan().ContainsAny('\\', '?', '#')
            && !segments.Any(segment => segment.Any(char.IsControl));
    }
}
