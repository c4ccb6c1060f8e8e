using System.Text;

namespace Orchestration.DiskImages.Formats.Vmdk;

/// <summary>
/// The text that describes a VMDK disk, in a file of its own or inside its only extent. Rules: VMware, Virtual Disk Format 5.0.
/// </summary>
internal sealed record VmdkDescriptor
{
    public const string Layer = "vmdk";

    /// <summary>Most bytes of a descriptor.</summary>
    public const int MaximumLength = 1024 * 1024;

    private const int MaximumExtents = 4096;
    private const string NoParent = "ffffffff";

    /// <summary>Changes whenever the disk is first written to after it was opened; delta disks know their parent by it.</summary>
    public required string ContentIdentifier { get; init; }

    /// <summary>The parent of a delta disk; null where there is none.</summary>
    public required ParentReference? Parent { get; init; }

    public required IReadOnlyList<VmdkExtentLine> Extents { get; init; }

    public static VmdkDescriptor Parse(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        var text = Decode(end < 0 ? bytes : bytes[..end]);
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var extents = new List<VmdkExtentLine>();
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (VmdkExtentLine.IsOne(line))
            {
                extents.Add(VmdkExtentLine.Parse(line));
            }
            else if (line[0] != '#' && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
            {
                values[line[..equals].TrimEnd()] = line[(equals + 1)..].Trim().Trim('"');
            }
        }

        if (extents.Count is 0 or > MaximumExtents)
        {
            throw Corrupt($"the descriptor has {extents.Count} extents, expected 1 to {MaximumExtents}");
        }

        return new VmdkDescriptor
        {
            ContentIdentifier = values.GetValueOrDefault("CID") ?? throw Corrupt("the descriptor has no CID"),
            Parent = FindParent(values),
            Extents = extents,
        };
    }

    public static DiskImageException Corrupt(string rule) => new(DiskImageError.Corrupt, Layer, null, rule);

    private static ParentReference? FindParent(Dictionary<string, string> values)
    {
        var identifier = values.GetValueOrDefault("parentCID") ?? NoParent;
        if (identifier.Equals(NoParent, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return values.GetValueOrDefault("parentFileNameHint") is { Length: > 0 } hint
            ? new ParentReference(WindowsPath.IsAbsolute(hint) ? WindowsPath.GetFileName(hint) : WindowsPath.ToRelative(hint), ImageFormatDetector.Vmdk, [identifier])
            : throw Corrupt($"the parent with CID {identifier} is not named");
    }

    // Old descriptors are in the code page of the machine that made them. Latin-1 loses nothing and is right for most.
    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }
}
