using System.Globalization;
using System.Net;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;

namespace Orchestration.EmbeddedRuntime.Triggers.Hosting;

/// <summary>What the host reads from host.json and settings, checked once at start.</summary>
internal sealed record EmbeddedHostOptions
{
    /// <summary>Where the host listens: <c>--address</c>, 127.0.0.1 by default.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Where the host listens: <c>--port</c>, 7071 by default; 0 takes a free one.</summary>
    public required int Port { get; init; }

    /// <summary>host.json <c>extensions.http.routePrefix</c>, without slashes at its ends; "api" by default, may be empty.</summary>
    public required string RoutePrefix { get; init; }

    /// <summary>Bytes; the app setting of Azure Functions, 100 MiB by default.</summary>
    public required long MaxRequestBodySize { get; init; }

    /// <summary>host.json <c>extensions.durableTask</c>: the hub's name, part of the store's file name.</summary>
    public required string HubName { get; init; }

    public required int? MaxConcurrentActivities { get; init; }

    public required int? MaxConcurrentOrchestrations { get; init; }

    /// <inheritdoc cref="EmbeddedDurableOptions.WarmOrchestrators"/>
    public required int WarmOrchestrators { get; init; }

    /// <inheritdoc cref="EmbeddedDurableOptions.PayloadThreshold"/>
    public required int? PayloadThreshold { get; init; }

    /// <inheritdoc cref="EmbeddedDurableOptions.MaximumPayload"/>
    public required int? MaximumPayload { get; init; }

    /// <summary>The most calls of one activity at once, by its name.</summary>
    public required IReadOnlyDictionary<string, int> ActivityLimits { get; init; }

    /// <summary>How long ended instances are kept, by final status.</summary>
    public required IReadOnlyDictionary<OrchestrationRuntimeStatus, TimeSpan> Retention { get; init; }

    /// <summary>host.json <c>extensions.blobs.maxDegreeOfParallelism</c>: blob functions running at once, all together.</summary>
    public required int BlobParallelism { get; init; }

    /// <summary>host.json <c>extensions.blobs.poisonBlobThreshold</c>: calls for one version of a blob before it is set aside.</summary>
    public required int BlobAttempts { get; init; }

    /// <summary>Pause between two looks into a container.</summary>
    public required TimeSpan BlobPollInterval { get; init; }

    /// <summary>Pause before a failed blob is tried again; doubles with each attempt.</summary>
    public required TimeSpan BlobRetryDelay { get; init; }

    /// <summary>Where the durable store and the state of timers are kept. Absolute.</summary>
    public required string DataDirectory { get; init; }

    public static EmbeddedHostOptions From(IConfiguration configuration)
    {
        var host = configuration.GetSection(HostConfiguration.HostSection);
        return new()
        {
            Address = ParseAddress(configuration["address"]),
            Port = Number(configuration, "port", 0, ushort.MaxValue) ?? 7071,
            RoutePrefix = (host["extensions:http:routePrefix"] ?? "api").Trim('/'),
            MaxRequestBodySize = Number(configuration, "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", 0, int.MaxValue) ?? 100 * 1024 * 1024,
            HubName = ParseHubName(host["extensions:durableTask:hubName"], configuration),
            MaxConcurrentActivities = Number(host, "extensions:durableTask:maxConcurrentActivityFunctions", 1, 100_000),
            MaxConcurrentOrchestrations = Number(host, "extensions:durableTask:maxConcurrentOrchestratorFunctions", 1, 100_000),
            WarmOrchestrators = Number(configuration, "EmbeddedRuntime:WarmOrchestrators", 0, 1_000_000) ?? 0,
            PayloadThreshold = Number(configuration, "EmbeddedRuntime:PayloadThreshold", 1, 100_000_000),
            MaximumPayload = Number(configuration, "EmbeddedRuntime:MaximumPayload", 1, 1_000_000_000),
            ActivityLimits = ParseLimits(configuration.GetSection("EmbeddedRuntime:ActivityLimits")),
            Retention = ParseRetention(configuration.GetSection("EmbeddedRuntime:Retention")),
            BlobParallelism = Number(host, "extensions:blobs:maxDegreeOfParallelism", 1, 10_000) ?? 8 * Environment.ProcessorCount,
            BlobAttempts = Number(host, "extensions:blobs:poisonBlobThreshold", 1, 1_000) ?? 5,
            BlobPollInterval = Duration(configuration, "EmbeddedRuntime:BlobPollInterval") ?? TimeSpan.FromSeconds(1),
            BlobRetryDelay = Duration(configuration, "EmbeddedRuntime:BlobRetryDelay") ?? TimeSpan.FromSeconds(1),
            DataDirectory = Path.GetFullPath(configuration["EmbeddedRuntime:DataDirectory"] ?? ".local"),
        };
    }

    private static IPAddress ParseAddress(string? text) => text switch
    {
        null or "" or "localhost" => IPAddress.Loopback,
        "*" => IPAddress.IPv6Any,
        _ => IPAddress.TryParse(text, out var address)
            ? address
            : throw new FunctionHostException("setting.invalid", "address", $"Expected an IP address, found '{text}'."),
    };

    private static string ParseHubName(string? text, IConfiguration configuration)
    {
        var name = new SettingExpander(configuration).Expand(text ?? "TestHubName", "host.json extensions.durableTask.hubName");
        return name.Length is > 0 and <= 45 && name.All(char.IsAsciiLetterOrDigit)
            ? name
            : throw new FunctionHostException(
                "setting.invalid", "host.json extensions.durableTask.hubName", $"Expected 1 to 45 ASCII letters and digits, found '{name}'.");
    }

    private static int? Number(IConfiguration configuration, string key, int minimum, int maximum)
    {
        if (configuration[key] is not { Length: > 0 } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
            ? number
            : throw new FunctionHostException("setting.invalid", key, $"Expected a number from {minimum} to {maximum}, found '{text}'.");
    }

    private static Dictionary<string, int> ParseLimits(IConfigurationSection section)
    {
        var limits = new Dictionary<string, int>();
        foreach (var activity in section.GetChildren())
        {
            if (Number(section, activity.Key, 1, 100_000) is { } limit)
            {
                limits[activity.Key] = limit;
            }
        }

        return limits;
    }

    private static Dictionary<OrchestrationRuntimeStatus, TimeSpan> ParseRetention(IConfigurationSection section)
    {
        var ages = new Dictionary<OrchestrationRuntimeStatus, TimeSpan>();
        foreach (var age in section.GetChildren())
        {
            OrchestrationRuntimeStatus status = age.Key.ToUpperInvariant() switch
            {
                "COMPLETED" => OrchestrationRuntimeStatus.Completed,
                "FAILED" => OrchestrationRuntimeStatus.Failed,
                "TERMINATED" => OrchestrationRuntimeStatus.Terminated,
                _ => throw new FunctionHostException("setting.invalid", age.Path, $"Expected Completed, Failed or Terminated, found '{age.Key}'."),
            };
            if (Duration(section, age.Key, maxDays: 36_500) is { } duration)
            {
                ages[status] = duration;
            }
        }

        return ages;
    }

    private static TimeSpan? Duration(IConfiguration configuration, string key, int maxDays = 1)
    {
        if (configuration[key] is not { Length: > 0 } text)
        {
            return null;
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration)
            && duration > TimeSpan.Zero && duration <= TimeSpan.FromDays(maxDays)
            ? duration
            : throw new FunctionHostException("setting.invalid", key, $"Expected a duration such as 00:00:01 or 30.00:00:00, at most {maxDays} day(s), found '{text}'.");
    }
}
