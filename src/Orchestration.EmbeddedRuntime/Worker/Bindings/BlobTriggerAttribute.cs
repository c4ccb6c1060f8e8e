using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts a function for every new version of a blob.</summary>
/// <param name="blobPath">
/// <c>container/pattern</c>; the pattern may hold <c>{tokens}</c>, which parameters of the same name receive, and <c>%settings%</c>.
/// </param>
public sealed class BlobTriggerAttribute(string blobPath) : TriggerBindingAttribute
{
    public string BlobPath { get; } = blobPath;

    /// <summary>Name of the setting that holds the storage connection; <c>AzureWebJobsStorage</c> where it is null.</summary>
    public string? Connection { get; set; }

    /// <summary>How new blobs are noticed on Azure. The embedded runtime polls either way.</summary>
    public BlobTriggerSource Source { get; set; }
}

/// <summary>How new blobs are noticed.</summary>
public enum BlobTriggerSource
{
    LogsAndContainerScan = 0,
    EventGrid = 1,
}
