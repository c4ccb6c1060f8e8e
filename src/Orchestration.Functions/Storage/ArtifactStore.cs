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
    private const string Json = "application/json";

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
                await EncodeAsync(artifact, options, cancellationToken),
                new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = MediaTypeOf(artifact, options) } },
                cancellationToken);
            written.Add($"{Containers.Results}/{name}");
        }

        return written;
    }

    /// <summary>What is no JSON has been asked for in its own format, and stays as it is.</summary>
    private static bool BecomesYaml(Artifact artifact, OutputOptions options) => options.Format == DocumentFormat.Yaml && artifact.MediaType == Json;

    private static string NameOf(Artifact artifact, OutputOptions options)
    {
        var name = BecomesYaml(artifact, options) ? Path.ChangeExtension(artifact.Name, ".yaml") : artifact.Name;
        return options.Compressed ? $"{name}.gz" : name;
    }

    private static string MediaTypeOf(Artifact artifact, OutputOptions options) =>
        options.Compressed ? "application/gzip" : BecomesYaml(artifact, options) ? "application/yaml" : artifact.MediaType;

    private static async Task<BinaryData> EncodeAsync(Artifact artifact, OutputOptions options, CancellationToken cancellationToken)
    {
        var plain = BecomesYaml(artifact, options) ? BinaryData.FromBytes(YamlWriter.Write(ToElement(artifact))) : artifact.Content;
        if (!options.Compressed)
        {
            return plain;
        }

        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            await gzip.WriteAsync(plain.ToMemory(), cancellationToken);
        }

        return BinaryData.FromBytes(compressed.ToArray());
    }

    private static JsonElement ToElement(Artifact artifact)
    {
        using var document = JsonDocument.Parse(artifact.Content, new JsonDocumentOptions { MaxDepth = ProtocolJson.MaximumDepth });
        return document.RootElement.Clone();
    }
}
