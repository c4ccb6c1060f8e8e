namespace Orchestration.Protocol.Schemas;

/// <summary>The published schema of job documents: JSON Schema 2020-12. What it cannot say (one field against another) only the reader knows.</summary>
public static class JobSchema
{
    private static readonly Lazy<byte[]> Content = new(Load);

    /// <summary>The schema as JSON.</summary>
    public static ReadOnlyMemory<byte> Json => Content.Value;

    private static byte[] Load()
    {
        using var resource = typeof(JobSchema).Assembly.GetManifestResourceStream("job-v1.json")
            ?? throw new InvalidOperationException("The assembly lacks its schema.");
        using var content = new MemoryStream();
        resource.CopyTo(content);
        return content.ToArray();
    }
}
