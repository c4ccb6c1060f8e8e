using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.DurableTask;

namespace Orchestration.EmbeddedRuntime.Engine;

/// <summary>
/// Refuses to write what is too large to be kept. It stands where values enter the engine, so that whoever made the value is told: the
/// client's caller, the activity, the entity's operation or the orchestrator.
/// </summary>
/// <param name="converter">Converts.</param>
/// <param name="maximum">The most bytes, as UTF-8, that a value may have.</param>
internal sealed class LimitedConverter(DataConverter converter, int maximum) : DataConverter
{
    /// <inheritdoc/>
    /// <exception cref="PayloadTooLargeException">The value is too large.</exception>
    [return: NotNullIfNotNull(nameof(value))]
    public override string? Serialize(object? value)
    {
        string? text = converter.Serialize(value);
        if (text is not null && Encoding.UTF8.GetMaxByteCount(text.Length) > maximum && Encoding.UTF8.GetByteCount(text) is var size && size > maximum)
        {
            throw new PayloadTooLargeException(size, maximum);
        }

        return text;
    }

    /// <inheritdoc/>
    public override object? Deserialize(string? data, Type targetType) => converter.Deserialize(data, targetType);

    /// <inheritdoc/>
    public override T? Deserialize<T>(string? data)
        where T : default => converter.Deserialize<T>(data);
}

/// <summary>A value has more bytes than the options allow.</summary>
#pragma warning disable CA1064 // The Microsoft packages throw its base class here, and so does this to whoever catches it.
internal sealed class PayloadTooLargeException(int size, int maximum) : InvalidOperationException(
#pragma warning restore CA1064
    $"Payload size {size} bytes exceeds the configured maximum of {maximum} bytes: pass a reference to the data instead, "
    + $"or raise {nameof(EmbeddedDurableOptions.MaximumPayload)}.");
