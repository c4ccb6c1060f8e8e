using System.IO.Compression;
using System.Text.Json;
using Azure.Storage.Blobs.Models;
using Orchestration.Functions.Operations;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Yaml;

namespace Orchestration.Functions.Storage;

/// <summary>Writes the outputs of jobs as their documents ask for.</summary>
public sealed class ArtifactStore(StorageAccounts accounts)
{
    /// <summary>Writes a job's artifacts. What is there by the same name is replaced.</summary>
    /// <returns>Where they lie, as <c>container/blob</c>, in their order.</returns>
    public async Task<IReadOnlyList<string>> WriteAsync(
        string jobId, IReadOnlyList<Artifact> artifacts, OutputOptions options, CancellationToken cancellationToken)
    {
        var container = await accounts.GetContainerAsync(Containers.Results, cancellationToken);
        var written = new List<string>();
        foreach (var (index, artifact) in artifacts.Index())
        {
            var name = index == 0 && options.Destination is { } destination ? destination : $"{jobId}/{NameOf(artifact, options)}";
            await container.GetBlobClient(name).UploadAsync(
                BinaryData.FromBytes(await EncodeAsync(artifact.Content, options, cancellationToken)),
                new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = MediaTypeOf(options) } },
                cancellationToken);
            written.Add($"{Containers.Results}/{name}");
        }

        return written;
    }

    private static string NameOf(Artifact artifact, OutputOptions options)
    {
        var name = options.Format == DocumentFormat.Yaml ? Path.ChangeExtension(artifact.Name, ".yaml") : artifact.Name;
        return options.Compressed ? $"{name}.gz" : name;
    }

    private static string MediaTypeOf(OutputOptions options) => options switch
    {
        { Compressed: true } => "application/gzip",
        { Format: DocumentFormat.Yaml } => "application/yaml",
        _ => "application/json",
    };

    private static async Task<byte[]> EncodeAsync(JsonElement content, OutputOptions options, CancellationToken cancellationToken)
    {
        var plain = options.Format == DocumentFormat.Yaml
            ? YamlWriter.Write(content)
            : JsonSerializer.SerializeToUtf8Bytes(content, ProtocolJson.Indented);
        if (!options.Compressed)
        {
            return plain;
        }

        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            await gzip.WriteAsync(plain, cancellationToken);
        }

        return compressed.ToArray();
    }
}
