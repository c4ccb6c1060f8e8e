using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestration.Protocol.Validation;

namespace Orchestration.Protocol.Documents;

/// <summary>A record that keeps the members it does not know.</summary>
public abstract record ExtensibleRecord
{
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? UnknownMembers { get; set; }

    /// <summary>The members that it does not know, as JSON pointers.</summary>
    /// <param name="pointer">Where the record stands in its document.</param>
    public IEnumerable<string> FindUnknown(string pointer) => (UnknownMembers?.Keys ?? []).Select(name => $"{pointer}/{ValueReader.Escape(name)}");
}
