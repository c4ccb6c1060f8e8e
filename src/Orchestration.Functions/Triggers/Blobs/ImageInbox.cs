using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Intake;
using Orchestration.Functions.Operations.Guests;
using Orchestration.Functions.Operations.Inspect;
using Orchestration.Functions.Storage;
using Orchestration.Profiles;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;

namespace Orchestration.Functions.Triggers.Blobs;

/// <summary>Inspects and profiles every image that is dropped into the container <c>images-inbox</c>.</summary>
public sealed class ImageInbox(JobSubmitter submitter, TimeProvider time)
{
    private const int LongestNamePart = 40;

    [Function("InspectDroppedImage")]
    public async Task RunAsync(
        [BlobTrigger(Containers.ImagesInbox + "/{name}", Connection = "AzureWebJobsStorage", Source = BlobArrival.Source)] BlobClient blob,
        string name,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        string version;
        try
        {
            version = (await blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value.ETag.ToString();
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return;
        }

        // The same version of the same blob always gets the same job, so that a trigger that is delivered twice starts one.
        var source = $"{Containers.ImagesInbox}/{name}@{version}";
        var document = new JobDocumentBuilder(InspectOperation.OperationName, time)
            .WithJobId(JobIdFor(name, source))
            .WithName(name)
            .WithSubmitter(Containers.ImagesInbox)
            .WithMaxAttempts(3)
            .WithData(new InspectPayload
            {
                Image = new ImageReference { Path = $"{Containers.ImagesInbox}/{name}" },
                Options = new InspectOptions { Profiles = [.. ProfileCatalog.DefaultNames] },
            })
            .Build();
        var incoming = new IncomingDocument(JsonSerializer.SerializeToUtf8Bytes(document, ProtocolJson.Options), Source: source);
        await submitter.SubmitAsync(client, incoming, cancellationToken);
    }

    private static string JobIdFor(string name, string source)
    {
        var readable = new string([.. name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-').TakeLast(LongestNamePart)]).Trim('-');
        return $"inbox-{readable}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source)))[..12]}";
    }
}
