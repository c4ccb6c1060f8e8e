namespace Orchestration.DiskImages;

/// <summary>Why an image could not be read, for callers that act on the kind of failure.</summary>
public enum DiskImageError
{
    /// <summary>A structure breaks a rule of its format: the image is damaged, or made to deceive.</summary>
    Corrupt,

    /// <summary>The image uses a feature that this reader does not have; the message names it.</summary>
    Unsupported,

    /// <summary>The content is of another format than the caller declared.</summary>
    FormatMismatch,

    /// <summary>The image, or a file that it depends on, does not exist or is not allowed.</summary>
    NotFound,

    /// <summary>The image was changed while it was being read.</summary>
    Changed,

    /// <summary>The bytes could not be fetched: a storage or network failure, which may pass.</summary>
    Unavailable,

    /// <summary>A limit on memory, depth or count was reached.</summary>
    LimitExceeded,
}

/// <summary>
/// The one exception of the disk image reader. It names the layer (<c>qcow2</c>, <c>gpt</c>, <c>ext4</c>, …), the byte offset within
/// that layer where the offending structure lies, and the rule that was broken: what was expected and what was found.
/// </summary>
public sealed class DiskImageException : Exception
{
    /// <param name="error">The kind of failure.</param>
    /// <param name="layer">The layer that found it, in lower case.</param>
    /// <param name="offset">Byte offset of the structure within the layer's own source; null where there is none.</param>
    /// <param name="rule">What was expected and what was found.</param>
    /// <param name="innerException">The failure below, if any.</param>
    public DiskImageException(DiskImageError error, string layer, long? offset, string rule, Exception? innerException = null)
        : base(offset is null ? $"{layer}: {rule}" : $"{layer} at offset {offset}: {rule}", innerException)
    {
        Error = error;
        Layer = layer;
        Offset = offset;
        Rule = rule;
    }

    public DiskImageError Error { get; }

    public string Layer { get; }

    public long? Offset { get; }

    public string Rule { get; }
}
