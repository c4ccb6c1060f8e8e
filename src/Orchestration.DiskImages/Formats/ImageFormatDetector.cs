using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats;

/// <summary>Tells the format of a stored image from its content, and checks what a caller claims about it.</summary>
internal static class ImageFormatDetector
{
    public const string Raw = "raw";
    public const string Qcow2 = "qcow2";
    public const string Vdi = "vdi";
    public const string Vhd = "vhd";
    public const string Vhdx = "vhdx";
    public const string Vmdk = "vmdk";
    public const string Ova = "ova";

    private const int HeadLength = 512;
    private const int VhdFooterLength = 512;

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["raw"] = Raw,
        ["img"] = Raw,
        ["qcow2"] = Qcow2,
        ["qcow"] = "qcow",
        ["vmdk"] = Vmdk,
        ["vhdx"] = Vhdx,
        ["vhd"] = Vhd,
        ["vpc"] = Vhd,
        ["vdi"] = Vdi,
        ["ova"] = Ova,
        ["qed"] = "qed",
        ["parallels"] = "parallels",
    };

    /// <summary>The format that the content shows; <c>raw</c>, which has no signature, where it shows none.</summary>
    public static string Detect(IByteSource source)
    {
        Span<byte> head = stackalloc byte[HeadLength];
        head.Clear();
        source.Read(0, head[..(int)Math.Min(HeadLength, source.Length)]);
        return DetectBySignature(head) ?? (HasVhdFooter(source) ? Vhd : Raw);
    }

    /// <summary>The format to read the source as.</summary>
    /// <exception cref="DiskImageException">The content contradicts <paramref name="declared"/>, or nobody knows that format.</exception>
    public static string Resolve(IByteSource source, string? declared)
    {
        var found = Detect(source);
        if (declared is null)
        {
            return found;
        }

        if (!Aliases.TryGetValue(declared, out var expected))
        {
            throw new DiskImageException(DiskImageError.Unsupported, "image", null, $"'{declared}' is not the name of a disk image format");
        }

        // The first sectors of a fixed VHD belong to the guest, who can write the signature of another format there.
        return expected == found || (expected == Vhd && HasVhdFooter(source))
            ? expected
            : throw new DiskImageException(
                DiskImageError.FormatMismatch,
                "image",
                0,
                found == Raw ? $"declared as {declared}, but the content has no {expected} signature" : $"declared as {declared}, but the content is {found}");
    }

    private static string? DetectBySignature(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("QFI"u8) && head[3] == 0xfb)
        {
            return BinaryPrimitives.ReadUInt32BigEndian(head[4..]) == 1 ? "qcow" : Qcow2;
        }

        const uint VdiSignature = 0xbeda107f;
        return head switch
        {
            _ when head.StartsWith("KDMV"u8) || head.StartsWith("COWD"u8) || head.StartsWith("# Disk DescriptorFile"u8) => Vmdk,
            _ when BinaryPrimitives.ReadUInt64LittleEndian(head) == 0xcafebabe => Vmdk,
            _ when head.StartsWith("vhdxfile"u8) => Vhdx,
            _ when head.StartsWith("conectix"u8) || head.StartsWith("cxsparse"u8) => Vhd,
            _ when BinaryPrimitives.ReadUInt32LittleEndian(head[0x40..]) == VdiSignature => Vdi,
            _ when IsAppliance(head) => Ova,
            _ when head.StartsWith("QED\0"u8) => "qed",
            _ when head.StartsWith("WithoutFreeSpace"u8) || head.StartsWith("WithouFreSpacExt"u8) => "parallels",
            _ => DetectCompression(head),
        };
    }

    // A file that was compressed as a whole would pass as a raw disk without anything on it. What a computer boots from ends its first sector in 55 AA.
    private static string? DetectCompression(ReadOnlySpan<byte> head) => head switch
    {
        _ when head[510] == 0x55 && head[511] == 0xaa => null,
        [0x1f, 0x8b, 8, ..] => "gzip",
        [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => "xz",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "zstd",
        _ when head.StartsWith("BZh"u8) && head[4..].StartsWith("1AY&SY"u8) => "bzip2",
        _ when head.StartsWith("PK\x03\x04"u8) => "zip",
        [(byte)'7', (byte)'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => "7z",
        _ => null,
    };

    // Any raw disk may hold a tar archive; that of an appliance begins with its descriptor.
    private static bool IsAppliance(ReadOnlySpan<byte> head)
    {
        var name = head[..100];
        var end = name.IndexOf((byte)0);
        return head[257..].StartsWith("ustar"u8) && name[..(end < 0 ? name.Length : end)].EndsWith(".ovf"u8);
    }

    // A fixed VHD is the plain disk with a footer after it, of 512 bytes or, written by old Virtual PC, of 511.
    private static bool HasVhdFooter(IByteSource source)
    {
        if (source.Length < VhdFooterLength)
        {
            return false;
        }

        Span<byte> footer = stackalloc byte[16];
        source.Read(source.Length - VhdFooterLength, footer);
        return footer.StartsWith("conectix"u8) || footer[1..].StartsWith("conectix"u8);
    }
}
