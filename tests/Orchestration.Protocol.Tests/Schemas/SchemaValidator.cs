using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Orchestration.Protocol.Tests.Schemas;

/// <summary>As much of JSON Schema 2020-12 as the schema of job documents uses; a keyword beyond that is an error of the test.</summary>
internal sealed class SchemaValidator(JsonNode root)
{
    private static readonly string[] Annotations = ["$schema", "$id", "$defs", "title", "description", "default", "format"];

    public bool Accepts(JsonNode? value) => Accepts(root, value);

    private bool Accepts(JsonNode? schema, JsonNode? value) => schema!.AsObject().All(keyword => keyword.Key switch
    {
        "type" => HasType(keyword.Value!, value),
        "const" => JsonNode.DeepEquals(keyword.Value, value),
        "enum" => keyword.Value!.AsArray().Any(allowed => JsonNode.DeepEquals(allowed, value)),
        "$ref" => Accepts(root["$defs"]![keyword.Value!.GetValue<string>()["#/$defs/".Length..]], value),
        "anyOf" => keyword.Value!.AsArray().Any(choice => Accepts(choice, value)),
        "required" => value is not JsonObject members || keyword.Value!.AsArray().All(name => members.ContainsKey(name!.GetValue<string>())),
        "properties" => value is not JsonObject members
            || keyword.Value!.AsObject().All(property => !members.TryGetPropertyValue(property.Key, out var member) || Accepts(property.Value, member)),
        "additionalProperties" => value is not JsonObject members || members.All(member => Accepts(keyword.Value, member.Value)),
        "propertyNames" => value is not JsonObject members || members.All(member => Accepts(keyword.Value, JsonValue.Create(member.Key))),
        "maxProperties" => value is not JsonObject members || members.Count <= keyword.Value!.GetValue<int>(),
        "items" => value is not JsonArray items || items.All(item => Accepts(keyword.Value, item)),
        "maxItems" => value is not JsonArray items || items.Count <= keyword.Value!.GetValue<int>(),
        "uniqueItems" => value is not JsonArray items || items.Select(item => item?.ToJsonString()).Distinct().Count() == items.Count,
        "pattern" => Kind(value) != JsonValueKind.String || Regex.IsMatch(value!.GetValue<string>(), keyword.Value!.GetValue<string>(), RegexOptions.ECMAScript),
        "minLength" => Kind(value) != JsonValueKind.String || value!.GetValue<string>().Length >= keyword.Value!.GetValue<int>(),
        "maxLength" => Kind(value) != JsonValueKind.String || value!.GetValue<string>().Length <= keyword.Value!.GetValue<int>(),
        "minimum" => Kind(value) != JsonValueKind.Number || Number(value!) >= keyword.Value!.GetValue<int>(),
        "maximum" => Kind(value) != JsonValueKind.Number || Number(value!) <= keyword.Value!.GetValue<int>(),
        var name => Annotations.Contains(name) ? true : throw new NotSupportedException($"The schema uses '{name}'."),
    });

    private static bool HasType(JsonNode types, JsonNode? value) =>
        (types is JsonArray several ? several.Select(type => type!.GetValue<string>()) : [types.GetValue<string>()]).Any(type => (type, Kind(value)) switch
        {
            ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("null", JsonValueKind.Null) => true,
            ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
            ("integer", JsonValueKind.Number) => decimal.IsInteger(Number(value!)),
            _ => false,
        });

    private static JsonValueKind Kind(JsonNode? value) => value?.GetValueKind() ?? JsonValueKind.Null;

    private static decimal Number(JsonNode value) => JsonSerializer.Deserialize<decimal>(value.ToJsonString());
}
