using Azure;
using Azure.Identity;

namespace Orchestration.EmbeddedRuntime.Triggers.Blobs;

/// <summary>Tells the failures of a storage account from those of a program.</summary>
internal static class BlobOutage
{
    /// <summary>Whether the exception is what the storage client throws when storage fails; several tries come as one aggregate.</summary>
    public static bool Is(Exception exception) => exception switch
    {
        AggregateException aggregate => aggregate.InnerExceptions.All(Is),
        RequestFailedException or AuthenticationFailedException or IOException or HttpRequestException or OperationCanceledException => true,
        _ => false,
    };
}
