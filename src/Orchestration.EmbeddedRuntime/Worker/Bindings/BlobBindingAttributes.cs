using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Gives a parameter a blob: its content, its client, or the client of its container. A blob that is not there is null.</summary>
/// <param name="blobPath">
/// <c>container/name</c>, or a container alone; may hold <c>{tokens}</c> of the trigger, <c>{rand-guid}</c>, <c>{datetime}</c> and <c>%settings%</c>.
/// </param>
public sealed class BlobInputAttribute(string blobPath) : InputBindingAttribute
{
    public string BlobPath { get; } = blobPath;

    /// <summary>Name of the setting that holds the storage connection; <c>AzureWebJobsStorage</c> where it is null.</summary>
    public string? Connection { get; set; }
}

/// <summary>Writes what a function returns, or a property of it, to a blob once the function has ended well. Null writes nothing.</summary>
/// <param name="blobPath"><c>container/name</c>, with the tokens and settings of <see cref="BlobInputAttribute"/>.</param>
public sealed class BlobOutputAttribute(string blobPath) : OutputBindingAttribute
{
    public string BlobPath { get; } = blobPath;

    /// <summary>Name of the setting that holds the storage connection; <c>AzureWebJobsStorage</c> where it is null.</summary>
    public string? Connection { get; set; }
}
