using System.Formats.Tar;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Ova;

/// <summary>
/// Opens open virtual appliances: a tar archive with a descriptor, which comes first, and the disks of a machine, which are read where they lie in the archive.
/// Rules: DMTF DSP0243, Open Virtualization Format 2.1, section 5.
/// </summary>
internal static class OvaImage
{
    public const string Layer = "ova";

    private const int MaximumMembers = 4096;

    public static StoredDisk Open(IByteSource source, BackingChain backings)
    {
        var members = ReadMembers(source);
        var disks = OvfDescriptor.FindDisks(source, members).Select(name => OpenDisk(source, members, name, backings)).ToList();
        return disks is [var first, .. var others]
            ? first with { OtherDisks = [.. others.Select(disk => disk.Content)] }
            : throw Corrupt("the descriptor names no disk");
    }

    public static DiskImageException Corrupt(string rule, Exception? inner = null) => new(DiskImageError.Corrupt, Layer, null, rule, inner);

    private static StoredDisk OpenDisk(IByteSource source, IReadOnlyDictionary<string, ByteRange> members, string name, BackingChain backings)
    {
        var member = Find(source, members, name);
        var format = ImageFormatDetector.Detect(member);

        // What it opens are parts of the archive, which need no disposing.
        using var inside = backings.Within(new MemberFiles(source, members));
        return format switch
        {
            ImageFormatDetector.Raw => new StoredDisk(member, null),
            ImageFormatDetector.Ova => throw new DiskImageException(DiskImageError.Unsupported, Layer, null, $"the disk '{name}' is an appliance itself"),
            _ => inside.OpenImage(member, format),
        };
    }

    private static IByteSource Find(IByteSource source, IReadOnlyDictionary<string, ByteRange> members, string name) =>
        members.TryGetValue(name, out var range)
            ? source.Slice(range.Offset, range.Length)
            : throw new DiskImageException(DiskImageError.NotFound, Layer, null, $"the appliance has no member '{name}'");

    private static Dictionary<string, ByteRange> ReadMembers(IByteSource source)
    {
        var members = new Dictionary<string, ByteRange>(StringComparer.Ordinal);
        try
        {
            using var stream = new ByteSourceStream(source);
            using var archive = new TarReader(stream);
            while (archive.GetNextEntry() is { } entry)
            {
                if (members.Count == MaximumMembers)
                {
                    throw new DiskImageException(DiskImageError.LimitExceeded, Layer, null, $"the archive has more than {MaximumMembers} members");
                }

                var name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
                if (entry.DataOffset is > 0 and var offset && entry.Length > 0)
                {
                    members.TryAdd(name, new ByteRange(offset, entry.Length));
                }
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            // What came before the damage can be read.
            if (members.Count == 0)
            {
                throw Corrupt($"the archive cannot be read: {exception.Message}", exception);
            }
        }

        return members;
    }

    private sealed class MemberFiles(IByteSource source, IReadOnlyDictionary<string, ByteRange> members) : IBackingFileResolver
    {
        public IByteSource Open(string name) => Find(source, members, name);
    }
}
