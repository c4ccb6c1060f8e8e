using Microsoft.DurableTask.Converters;

namespace Microsoft.DurableTask.Client;

/// <summary>Settings of a client.</summary>
public class DurableTaskClientOptions
{
    /// <summary>The version that orchestrations are started with when the caller names none; empty: unversioned.</summary>
    public string DefaultVersion { get; set; } = string.Empty;

    public DataConverter DataConverter { get; set; } = JsonDataConverter.Default;

    /// <summary>
    /// Whether the client has entities; if not, its <see cref="DurableTaskClient.Entities"/> throws <see cref="NotSupportedException"/>. If it
    /// has, orchestrations may not have instance ids that begin with '@'.
    /// </summary>
    public bool EnableEntitySupport { get; set; } = true;
}
