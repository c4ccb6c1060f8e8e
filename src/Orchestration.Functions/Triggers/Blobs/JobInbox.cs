using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Intake;
using Orchestration.Functions.Storage;
using Orchestration.Protocol.Documents;

namespace Orchestration.Functions.Triggers.Blobs;

/// <summary>Submits job documents that are dropped into the container <c>jobs</c>, and puts them away with what came of them.</summary>
public sealed class JobInbox(JobSubmitter submitter, DocumentArchive archive)
{
    [Function("SubmitDroppedJob")]
    public async Task RunAsync(
        [BlobTrigger(Containers.Jobs + "/{name}", Connection = "AzureWebJobsStorage", Source = BlobArrival.Source)] BlobClient blob,
        string name,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        if (await DroppedDocument.ReadAsync(blob, cancellationToken) is not { } dropped)
        {
            return;
        }

        var incoming = new IncomingDocument(dropped.Content, DocumentFormats.OfFileName(name), dropped.Source);
        var submission = await submitter.SubmitAsync(client, incoming, cancellationToken);
        await archive.PutAwayAsync(blob, name, dropped, submission, cancellationToken);
    }
}
