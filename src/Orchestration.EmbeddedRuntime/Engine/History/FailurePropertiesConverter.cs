using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestration.EmbeddedRuntime.Engine.History;

/// <summary>
/// Values that a user's exception carries: any type may come in; text, double, bool, null, lists and dictionaries come out.
/// </summary>
internal sealed class FailurePropertiesConverter : JsonConverter<IDictionary<string, object?>>
{
    public override IDictionary<string, object?> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.EnumerateObject().ToDictionary(property => property.Name, property => ToPlain(property.Value));
    }

    public override void Write(Utf8JsonWriter writer, IDictionary<string, object?> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach ((string name, object? property) in value)
        {
            writer.WritePropertyName(name);
            // The types are the user's own, so they are found by reflection, not in the generated context.
            JsonSerializer.Serialize(writer, property, property?.GetType() ?? typeof(object), JsonSerializerOptions.Default);
        }

        writer.WriteEndObject();
    }

    private static object? ToPlain(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => element.EnumerateArray().Select(ToPlain).ToList(),
        JsonValueKind.Object => element.EnumerateObject().ToDictionary(property => property.Name, property => ToPlain(property.Value)),
        _ => null,
    };
}
