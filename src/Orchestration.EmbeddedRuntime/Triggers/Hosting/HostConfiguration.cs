using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Orchestration.EmbeddedRuntime.Triggers.Hosting;

/// <summary>Brings the two files of a Functions app into its configuration, as <c>func start</c> does.</summary>
internal static class HostConfiguration
{
    /// <summary>The section that holds host.json; <c>AzureFunctionsJobHost__a__b</c> in the environment overrides it.</summary>
    public const string HostSection = "AzureFunctionsJobHost";

    private static readonly JsonDocumentOptions JsonOptions = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 32,
    };

    /// <summary>Puts host.json below everything else in the configuration. A missing file is no error.</summary>
    public static void AddHostJson(IConfigurationBuilder configuration, string directory)
    {
        var path = Path.Combine(directory, "host.json");
        if (!File.Exists(path))
        {
            return;
        }

        try
        {
            var values = new ConfigurationBuilder().AddJsonFile(path).Build().AsEnumerable()
                .Select(pair => KeyValuePair.Create($"{HostSection}:{pair.Key}", pair.Value));
            configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = values });
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatException or JsonException)
        {
            throw new FunctionHostException("host.invalid-json", path, "Expected a JSON object.", exception);
        }
    }

    /// <summary>
    /// Makes the <c>Values</c> of local.settings.json environment variables of this process, where they are not set already:
    /// app code may read them either way.
    /// </summary>
    public static void ApplyLocalSettings(string directory)
    {
        var path = Path.Combine(directory, "local.settings.json");
        if (!File.Exists(path))
        {
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), JsonOptions);
            if (!document.RootElement.TryGetProperty("Values", out var values))
            {
                return;
            }

            foreach (var value in values.EnumerateObject())
            {
                // Names with ':' are legal in the file, and '__' is their form in the environment.
                var name = value.Name.Replace(":", "__", StringComparison.Ordinal);
                if (Environment.GetEnvironmentVariable(name) is null)
                {
                    Environment.SetEnvironmentVariable(name, value.Value.ToString());
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new FunctionHostException(
                "settings.invalid-json", path, "Expected a JSON object whose 'Values' is an object of texts.", exception);
        }
    }
}
