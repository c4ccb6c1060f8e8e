using Microsoft.DurableTask.Converters;

namespace Microsoft.DurableTask.Client;

/// <summary>Settings of a client.</summary>
public class DurableTaskClientOptions
{
    /// <summary>The version that orchestrations are started with when the caller names none; empty: unversioned.</summary>
    public string DefaultVersion { get; set; } = string.Empty;

    public DataConverter DataConverter { get; set; } = JsonDataConverter.Default;

    /// <summary>Kept for compatibility; the embedded engine always has entities.</summary>
    public bool EnableEntitySupport { get; set; } = true;
}
