using System.Reflection;
using System.Text.Json;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Azure.Functions.Worker;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;

namespace Orchestration.EmbeddedRuntime.Triggers.Blobs;

/// <summary>A function that runs for every new version of matching blobs. Its event is a <see cref="BlobDelivery"/>.</summary>
internal sealed class BlobTrigger(BlobTriggerAttribute attribute, string location, SettingExpander settings) : Trigger
{
    /// <summary>Bytes that a blob bound as a whole may have; larger ones are for <see cref="Stream"/> and <see cref="BlobClient"/>.</summary>
    public const long MaxContentLength = 100 * 1024 * 1024;

    public override string BindingType => "blobTrigger";

    public BlobPattern Pattern { get; } = BlobPattern.Parse(settings.Expand(attribute.BlobPath, location), location);

    /// <summary>Name of the connection's setting.</summary>
    public string Connection { get; } = settings.Expand(attribute.Connection ?? BlobConnections.Default, location);

    /// <summary>What has to be read before the function can be called.</summary>
    public BlobContent Content { get; private set; } = BlobContent.None;

    public override string Describe(Uri baseAddress) => $"{BindingType} {Pattern.Path}";

    public override ParameterBinder? BindTrigger(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (BindClient(type) is { } client)
        {
            return client;
        }

        if (type == typeof(Stream))
        {
            Content = BlobContent.Stream;
            return FromEvent<BlobDelivery>(delivery => delivery.Content);
        }

        if (type.IsInterface || type.IsAbstract)
        {
            return null;
        }

        Content = BlobContent.Whole;
        return type switch
        {
            _ when type == typeof(BinaryData) => FromEvent<BlobDelivery>(delivery => delivery.Content),
            _ when type == typeof(string) => FromEvent<BlobDelivery>(delivery => Whole(delivery).ToString()),
            _ when type == typeof(byte[]) => FromEvent<BlobDelivery>(delivery => Whole(delivery).ToArray()),
            _ => context => ParseAsync(context, type),
        };
    }

    public override ParameterBinder? Bind(ParameterInfo parameter)
    {
        var names = Pattern.TokenNames.Append("blobTrigger");
        return names.FirstOrDefault(name => string.Equals(name, parameter.Name, StringComparison.OrdinalIgnoreCase)) is { } token
            && TextValue.CanBe(parameter.ParameterType)
            ? TextValue.BindingData(token, parameter.ParameterType)
            : BindClient(parameter.ParameterType);
    }

    private static ParameterBinder? BindClient(Type type)
        => type == typeof(BlobClient) || type == typeof(BlobBaseClient) ? FromEvent<BlobDelivery>(delivery => delivery.Version.Client) : null;

    private static BinaryData Whole(BlobDelivery delivery) => (BinaryData?)delivery.Content ?? BinaryData.FromBytes([]);

    private static async ValueTask<object?> ParseAsync(EmbeddedFunctionContext context, Type type)
    {
        await using var content = Whole((BlobDelivery)context.TriggerEvent).ToStream();
        try
        {
            return await HttpRequestDataExtensions.Serializer(context).DeserializeAsync(content, type, context.CancellationToken);
        }
        catch (JsonException exception)
        {
            throw new FunctionInputConverterException($"The blob must be the JSON of a {type.Name}.", exception);
        }
    }
}

/// <summary>How much of a blob a function receives as a parameter.</summary>
internal enum BlobContent
{
    /// <summary>Nothing: the function has the blob's client.</summary>
    None,

    /// <summary>A stream that reads as it goes.</summary>
    Stream,

    /// <summary>All of it, in memory.</summary>
    Whole,
}
