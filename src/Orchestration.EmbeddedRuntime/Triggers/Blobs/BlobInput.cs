using System.Reflection;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;

namespace Orchestration.EmbeddedRuntime.Triggers.Blobs;

/// <summary>Gives a parameter a blob that did not start the function.</summary>
internal static class BlobInput
{
    private const int NotFound = 404;

    /// <exception cref="FunctionHostException">The path is wrong, or the parameter's type is none that a blob can be.</exception>
    public static ParameterBinder Bind(ParameterInfo parameter, BlobInputAttribute attribute, string location, SettingExpander settings)
    {
        BlobTemplate template = BlobTemplate.Parse(attribute.BlobPath, attribute.Connection, location, settings);
        Type type = parameter.ParameterType;
        if (type == typeof(BlobContainerClient))
        {
            return context => ValueTask.FromResult<object?>(template.ContainerOf(context));
        }

        if (template.IsContainer || (type != typeof(Stream) && (type.IsInterface || type.IsAbstract)))
        {
            throw new FunctionHostException(
                "parameter.unsupported-type", location, $"'{attribute.BlobPath}' cannot give the parameter '{parameter.Name}' a {type}.");
        }

        return type switch
        {
            _ when type == typeof(BlobClient) || type == typeof(BlobBaseClient) => context => ValueTask.FromResult<object?>(template.BlobOf(context)),
            _ when type == typeof(Stream) => context => IfThereAsync(async () =>
                await template.BlobOf(context).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), context.CancellationToken)),
            _ when type == typeof(BinaryData) => context => IfThereAsync(async () => await ReadAsync(template, context)),
            _ when type == typeof(string) => context => IfThereAsync(async () => (await ReadAsync(template, context)).ToString()),
            _ when type == typeof(byte[]) => context => IfThereAsync(async () => (await ReadAsync(template, context)).ToArray()),
            _ => context => IfThereAsync(async () => await ParseAsync(await ReadAsync(template, context), context, type)),
        };
    }

    private static async ValueTask<object?> IfThereAsync(Func<Task<object?>> read)
    {
        try
        {
            return await read();
        }
        catch (RequestFailedException exception) when (exception.Status == NotFound)
        {
            return null;
        }
    }

    private static async Task<BinaryData> ReadAsync(BlobTemplate template, EmbeddedFunctionContext context)
    {
        BlobClient blob = template.BlobOf(context);
        using BlobDownloadStreamingResult content = await blob.DownloadStreamingAsync(cancellationToken: context.CancellationToken);
        return content.Details.ContentLength <= BlobTrigger.MaxContentLength
            ? await BinaryData.FromStreamAsync(content.Content, context.CancellationToken)
            : throw new FunctionInputConverterException(
                $"The blob '{blob.Name}' has {content.Details.ContentLength} bytes, and at most {BlobTrigger.MaxContentLength} are read as a whole: take a Stream.");
    }

    private static async Task<object?> ParseAsync(BinaryData content, EmbeddedFunctionContext context, Type type)
    {
        await using Stream json = content.ToStream();
        try
        {
            return await HttpRequestDataExtensions.Serializer(context).DeserializeAsync(json, type, context.CancellationToken);
        }
        catch (JsonException exception)
        {
            throw new FunctionInputConverterException($"The blob must be the JSON of a {type.Name}.", exception);
        }
    }
}
