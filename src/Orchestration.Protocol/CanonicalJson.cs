using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Orchestration.Protocol;

/// <summary>JSON values by what they mean: the order of members and white space do not count, the spelling of numbers does.</summary>
public static class CanonicalJson
{
    /// <summary>SHA-256 of a value with a name before it, in hexadecimal digits.</summary>
    public static string Hash(string name, JsonElement value)
    {
        using var content = new MemoryStream();
        content.Write(Encoding.UTF8.GetBytes($"{name}\n"));
        using (var writer = new Utf8JsonWriter(content))
        {
            Write(value, writer);
        }

        return Convert.ToHexStringLower(SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length)));
    }

    private static void Write(JsonElement value, Utf8JsonWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(member.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(item, writer);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(value.GetString());
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
