using System.Runtime.CompilerServices;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;
using Orchestration.EmbeddedRuntime.Triggers.Http;

namespace Orchestration.EmbeddedRuntime.Triggers.DurableApi;

/// <summary>Makes the addresses of the durable HTTP API of one host.</summary>
internal sealed class ManagementAddress(HostAddress host, AccessKeys keys, EmbeddedHostOptions options)
{
    /// <summary>The API's path.</summary>
    public const string Path = "runtime/webhooks/durabletask";

    // A client does not know its host: extension methods get nothing but the client.
    private static readonly ConditionalWeakTable<DurableTaskClient, ManagementAddress> Addresses = [];

    /// <summary>Where the host listens, as one can reach it from its own machine.</summary>
    public Uri BaseAddress => host.Address;

    /// <exception cref="InvalidOperationException">The client belongs to no Functions host.</exception>
    public static ManagementAddress Of(DurableTaskClient client) => Addresses.TryGetValue(client, out var address)
        ? address
        : throw new InvalidOperationException("The client belongs to no Functions host of this process, so it has no HTTP addresses.");

    /// <summary>Makes this the address of the client's host.</summary>
    public void Attach(DurableTaskClient client) => Addresses.AddOrUpdate(client, this);

    /// <param name="instanceId">The instance.</param>
    /// <param name="baseAddress">Scheme, host and port as the caller sees them.</param>
    public HttpManagementPayload Payload(string instanceId, Uri baseAddress)
    {
        var instance = $"{new Uri(baseAddress, Path)}/instances/{Uri.EscapeDataString(instanceId)}";
        var query = $"taskHub={Uri.EscapeDataString(options.HubName)}&connection=Storage"
            + (keys.System is { } key ? $"&code={Uri.EscapeDataString(key)}" : string.Empty);
        return new()
        {
            Id = instanceId,
            PurgeHistoryDeleteUri = $"{instance}?{query}",
            SendEventPostUri = $"{instance}/raiseEvent/{{eventName}}?{query}",
            StatusQueryGetUri = $"{instance}?{query}",
            TerminatePostUri = $"{instance}/terminate?reason={{{{text}}}}&{query}",
            SuspendPostUri = $"{instance}/suspend?reason={{{{text}}}}&{query}",
            ResumePostUri = $"{instance}/resume?reason={{{{text}}}}&{query}",
        };
    }
}
