using System.Buffers.Binary;
using System.Text;

namespace Orchestration.DiskImages.FileSystems.Ntfs;

/// <summary>What is to be done with a file instead of reading it as it is. Rules: [MS-FSCC] section 2.1.2.</summary>
internal enum ReparseTag : uint
{
    None = 0,
    MountPoint = 0xa0000003,
    SymbolicLink = 0xa000000c,
    LinuxSymbolicLink = 0xa000001d,
    Deduplicated = 0x80000013,

    /// <summary>One of several equal files, stored once (SIS).</summary>
    SingleInstance = 0x80000007,

    /// <summary>Compressed by the Windows Overlay Filter.</summary>
    Overlay = 0x80000017,
}

/// <summary>The value of a reparse point.</summary>
internal static class ReparsePoint
{
    private const int HeaderLength = 8;

    public static ReparseTag TagOf(ReadOnlySpan<byte> value) =>
        value.Length < HeaderLength ? ReparseTag.None : (ReparseTag)BinaryPrimitives.ReadUInt32LittleEndian(value);

    public static bool IsLink(ReparseTag tag) => tag is ReparseTag.MountPoint or ReparseTag.SymbolicLink or ReparseTag.LinuxSymbolicLink;

    /// <summary>The target, with slashes, and without the prefix by which Windows marks paths as final (<c>\??\</c>).</summary>
    public static string ReadTarget(ReadOnlySpan<byte> value, long at)
    {
        const int LinuxVersionLength = 4;
        var tag = TagOf(value);
        if (tag == ReparseTag.LinuxSymbolicLink)
        {
            return Encoding.UTF8.GetString(value[Math.Min(value.Length, HeaderLength + LinuxVersionLength)..]);
        }

        // The offset and length of the target come first; a symbolic link has flags of four bytes before the names.
        var names = tag == ReparseTag.SymbolicLink ? 20 : 16;
        var start = value.Length < names ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(value[8..]);
        var length = value.Length < names ? int.MaxValue : BinaryPrimitives.ReadUInt16LittleEndian(value[10..]);
        if (length > value.Length - names - start || length % 2 != 0)
        {
            throw NtfsVolume.Corrupt(at, $"the target of a link has {length} bytes at {start} of {value.Length}");
        }

        var target = Encoding.Unicode.GetString(value.Slice(names + start, length));
        return (target.StartsWith(@"\??\", StringComparison.Ordinal) ? target[4..] : target).Replace('\\', '/');
    }
}
