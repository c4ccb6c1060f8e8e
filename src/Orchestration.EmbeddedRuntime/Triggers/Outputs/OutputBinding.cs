using Azure;
using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Orchestration.EmbeddedRuntime.Triggers.Blobs;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;

namespace Orchestration.EmbeddedRuntime.Triggers.Outputs;

/// <summary>Where a function's return value, or a property of it, goes once the function has ended well. Immutable.</summary>
internal abstract class OutputBinding
{
    /// <summary>The Functions host's name for the kind.</summary>
    public abstract string Type { get; }

    public abstract Task WriteAsync(object value, EmbeddedFunctionContext context);
}

/// <summary>A blob. Texts and bytes are written as they are, everything else as JSON; a missing container is created.</summary>
internal sealed class BlobOutput(BlobOutputAttribute attribute, string location, SettingExpander settings) : OutputBinding
{
    private readonly BlobTemplate _path = BlobTemplate.Parse(attribute.BlobPath, attribute.Connection, location, settings) is { IsContainer: false } path
        ? path
        : throw new FunctionHostException("blob.invalid-path", location, $"'{attribute.BlobPath}': an output needs the name of a blob.");

    public override string Type => "blob";

    public override async Task WriteAsync(object value, EmbeddedFunctionContext context)
    {
        BinaryData content = value switch
        {
            string text => BinaryData.FromString(text),
            byte[] bytes => BinaryData.FromBytes(bytes),
            BinaryData data => data,
            Stream stream => await BinaryData.FromStreamAsync(stream, context.CancellationToken),
            _ => await HttpRequestDataExtensions.Serializer(context).SerializeAsync(value, value.GetType(), context.CancellationToken),
        };
        BlobClient blob = _path.BlobOf(context);
        try
        {
            await blob.UploadAsync(content, overwrite: true, context.CancellationToken);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == "ContainerNotFound")
        {
            await _path.ContainerOf(context).CreateIfNotExistsAsync(cancellationToken: context.CancellationToken);
            await blob.UploadAsync(content, overwrite: true, context.CancellationToken);
        }
    }
}
