using Azure.Storage.Blobs.Models;
using Azure;
using Microsoft.Azure.Functions.Worker;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;

namespace Orchestration.EmbeddedRuntime.Triggers.Blobs;

/// <summary>Calls a function with a version of a blob.</summary>
internal sealed class BlobDeliverer(FunctionDescriptor function, BlobTrigger trigger, FunctionInvoker invoker)
{
    /// <summary>Reads what the function asks for and calls it.</summary>
    /// <param name="version">The version.</param>
    /// <param name="attempt">Zero on the first call.</param>
    /// <param name="maxRetryCount">Calls after the first one.</param>
    /// <param name="cancellationToken">Ends reading and calling.</param>
    /// <returns>False where the version is no longer there, and the function was not called.</returns>
    public async Task<bool> DeliverAsync(BlobVersion version, int attempt, int maxRetryCount, CancellationToken cancellationToken)
    {
        object? content;
        try
        {
            content = await ReadAsync(version, cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status is 404 or 412)
        {
            return false;
        }

        var bindingData = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase)
        {
            ["blobTrigger"] = $"{version.Client.BlobContainerName}/{version.Client.Name}",
            ["uri"] = version.Client.Uri,
        };
        foreach (var (name, value) in version.Tokens)
        {
            bindingData[name] = value;
        }

        var invocation = new Invocation(new BlobDelivery(version, content))
        {
            BindingData = bindingData,
            RetryCount = attempt,
            MaxRetryCount = maxRetryCount,
        };
        try
        {
            await invoker.InvokeAsync(function, invocation, cancellationToken);
        }
        finally
        {
            await ((content as Stream)?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        return true;
    }

    private async Task<object?> ReadAsync(BlobVersion version, CancellationToken cancellationToken)
    {
        switch (trigger.Content)
        {
            case BlobContent.Stream:
                var options = new BlobOpenReadOptions(allowModifications: false) { Conditions = version.Conditions };
                return await version.Client.OpenReadAsync(options, cancellationToken);

            case BlobContent.Whole when version.Length > BlobTrigger.MaxContentLength:
                throw new FunctionInputConverterException(
                    $"{version.Client.Name} has {version.Length} bytes; bound as a whole a blob may have {BlobTrigger.MaxContentLength}. "
                    + "Bind a Stream or a BlobClient.");

            case BlobContent.Whole:
                var download = new BlobDownloadOptions { Conditions = version.Conditions };
                return (await version.Client.DownloadContentAsync(download, cancellationToken)).Value.Content;

            default:
                await version.Client.GetPropertiesAsync(version.Conditions, cancellationToken);
                return null;
        }
    }
}
