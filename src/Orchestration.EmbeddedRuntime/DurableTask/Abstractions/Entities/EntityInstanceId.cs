using System.Text.Json;
using System.Text.Json.Serialization;

namespace Microsoft.DurableTask.Entities;

/// <summary>The identity of an entity: which kind it is, and which one of that kind. As JSON it is its text.</summary>
[JsonConverter(typeof(TextConverter))]
public readonly record struct EntityInstanceId
{
    /// <param name="name">The entity's kind, case ignored.</param>
    /// <param name="key">Tells the entities of a kind apart; case counts.</param>
    /// <exception cref="ArgumentException">The name is empty or contains '@'.</exception>
    public EntityInstanceId(string name, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(key);
        if (name.Contains('@', StringComparison.Ordinal))
        {
            throw new ArgumentException("An entity's name may not contain '@'.", nameof(name));
        }

        Name = name.ToLowerInvariant();
        Key = key;
    }

    /// <summary>The entity's kind, in lower case.</summary>
    public string Name { get; }

    /// <summary>Which one of its kind.</summary>
    public string Key { get; }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="ArgumentException">The text is not of the form <c>@name@key</c>.</exception>
    public static EntityInstanceId FromString(string instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        int separator = instanceId.IndexOf('@', 1);
        return instanceId[0] == '@' && separator > 1
            ? new EntityInstanceId(instanceId[1..separator], instanceId[(separator + 1)..])
            : throw new ArgumentException($"'{instanceId}' is not an entity id: expected '@name@key'.", nameof(instanceId));
    }

    /// <summary>The text <c>@name@key</c>.</summary>
    public override string ToString() => $"@{Name}@{Key}";

    private sealed class TextConverter : JsonConverter<EntityInstanceId>
    {
        public override EntityInstanceId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return FromString(reader.GetString() ?? string.Empty);
            }
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
            {
                throw new JsonException(exception.Message, exception);
            }
        }

        public override void Write(Utf8JsonWriter writer, EntityInstanceId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
