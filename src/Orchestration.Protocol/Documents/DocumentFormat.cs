namespace Orchestration.Protocol.Documents;

/// <summary>How a job document is written.</summary>
public enum DocumentFormat
{
    Json,
    Yaml,
}

/// <summary>Tells the format of a document.</summary>
public static class DocumentFormats
{
    /// <summary>By media type; JSON where it names no YAML.</summary>
    public static DocumentFormat OfMediaType(string? mediaType)
    {
        var type = (mediaType ?? "").Split(';')[0].Trim().ToUpperInvariant();
        return type is "APPLICATION/YAML" or "APPLICATION/X-YAML" or "TEXT/YAML" or "TEXT/X-YAML" || type.EndsWith("+YAML", StringComparison.Ordinal)
            ? DocumentFormat.Yaml
            : DocumentFormat.Json;
    }

    /// <summary>By the end of a file's name; JSON where it is not that of a YAML file.</summary>
    public static DocumentFormat OfFileName(string name) =>
        name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase)
            ? DocumentFormat.Yaml
            : DocumentFormat.Json;
}
