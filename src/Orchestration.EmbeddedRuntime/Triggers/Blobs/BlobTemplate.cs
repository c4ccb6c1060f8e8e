using System.Globalization;
using System.Text.RegularExpressions;
using Azure.Storage.Blobs;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;

namespace Orchestration.EmbeddedRuntime.Triggers.Blobs;

/// <summary>The path of a blob that a function reads or writes; its tokens get their values from the invocation. Immutable.</summary>
internal sealed partial class BlobTemplate
{
    private readonly string _connection;
    private readonly string _container;
    private readonly string _name;

    private BlobTemplate(string connection, string container, string name)
    {
        _connection = connection;
        _container = container;
        _name = name;
    }

    /// <summary>Whether the path names a container alone.</summary>
    public bool IsContainer => _name.Length == 0;

    /// <param name="path">As the attribute has it.</param>
    /// <param name="connection">As the attribute has it.</param>
    /// <param name="location">The function, for the error.</param>
    /// <param name="settings">Gives settings their values.</param>
    /// <exception cref="FunctionHostException">The path names no container, or one that depends on tokens.</exception>
    public static BlobTemplate Parse(string path, string? connection, string location, SettingExpander settings)
    {
        string expanded = settings.Expand(path, location).Trim('/');
        string[] parts = expanded.Split('/', 2);
        return parts[0].Length > 0 && !parts[0].Contains('{', StringComparison.Ordinal)
            ? new(settings.Expand(connection ?? BlobConnections.Default, location), parts[0], parts.Length > 1 ? parts[1] : string.Empty)
            : throw new FunctionHostException("blob.invalid-path", location, $"'{path}': a path begins with the name of a container, without tokens.");
    }

    public BlobContainerClient ContainerOf(EmbeddedFunctionContext context) =>
        context.InstanceServices.GetRequiredService<BlobConnections>().Get(_connection).GetBlobContainerClient(_container);

    /// <exception cref="InvalidOperationException">The trigger has no value for a token.</exception>
    public BlobClient BlobOf(EmbeddedFunctionContext context) => ContainerOf(context).GetBlobClient(Token().Replace(_name, match =>
        match.Groups[1].Value.ToLowerInvariant() switch
        {
            "rand-guid" => Guid.NewGuid().ToString(),
            "datetime" => DateTime.UtcNow.ToString("yyyy-MM-ddTHH-mm-ssZ", CultureInfo.InvariantCulture),
            _ when context.BindingContext.BindingData.TryGetValue(match.Groups[1].Value, out object? value) && value is not null =>
                Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
            _ => throw new InvalidOperationException(
                $"The blob's path '{_container}/{_name}' needs '{match.Value}', which the {context.Function.Trigger.BindingType} does not give."),
        }));

    [GeneratedRegex(@"\{([^{}]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
