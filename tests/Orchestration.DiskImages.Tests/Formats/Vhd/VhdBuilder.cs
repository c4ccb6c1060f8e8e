using System.Text;
using Orchestration.DiskImages.Formats.Vhd;
using Orchestration.DiskImages.Tests.Support.Sources;

namespace Orchestration.DiskImages.Tests.Formats.Vhd;

/// <summary>
/// A dynamic VHD image of four blocks of 4 KiB, of which none is allocated, with room for two, full of a and of b, with empty bitmaps.
/// Checksums are right unless a test makes them wrong.
/// </summary>
internal sealed class VhdBuilder
{
    public const int Block = 4096;

    /// <summary>Where things lie.</summary>
    public const int Header = 512;
    public const int Table = 1536;
    public const int FirstBlock = 2048;
    public const int SecondBlock = FirstBlock + 512 + Block;
    public const int ParentPath = SecondBlock + 512 + Block;
    public const int Footer = ParentPath + 512;

    private static readonly Guid Identifier = new("11111111-2222-3333-4444-555555555555");

    private readonly ImageBuilder _image = new(new byte[Footer + 512]);

    public VhdBuilder()
    {
        SetFooter(12, 0x0001_0000u).SetFooter(16, (ulong)Header).SetFooter(40, 4UL * Block).SetFooter(48, 4UL * Block).SetFooter(60, 3u);
        _image.Set(Footer, "conectix"u8).Set(Footer + 68, Identifier.ToByteArray(bigEndian: true));
        SetHeader(8, ulong.MaxValue).SetHeader(16, (ulong)Table).SetHeader(24, 0x0001_0000u).SetHeader(28, 4u).SetHeader(32, (uint)Block);
        _image.Set(Header, "cxsparse"u8).Fill(Table, 512, '\u00ff').Fill(FirstBlock + 512, Block, 'a').Fill(SecondBlock + 512, Block, 'b');
    }

    /// <summary>An image that rests on one made by this builder.</summary>
    public static VhdBuilder CreateChild()
    {
        var child = new VhdBuilder().SetFooter(60, 4u);
        child._image.Set(Header + 40, Identifier.ToByteArray(bigEndian: true)).Set(Footer + 68, Guid.NewGuid().ToByteArray(bigEndian: true));
        return child;
    }

    public VhdBuilder SetFooter(int offset, uint value) => Change(image => image.BigEndian(Footer + offset, value));

    public VhdBuilder SetFooter(int offset, ulong value) => Change(image => image.BigEndian(Footer + offset, value));

    public VhdBuilder SetHeader(int offset, uint value) => Change(image => image.BigEndian(Header + offset, value));

    public VhdBuilder SetHeader(int offset, ulong value) => Change(image => image.BigEndian(Header + offset, value));

    /// <summary>Says that the block is stored at that offset, and which of its first eight sectors are there.</summary>
    public VhdBuilder Allocate(int block, int stored, byte sectors) => Change(image => image.BigEndian(Table + block * 4, (uint)stored / 512).Set(stored, sectors));

    /// <summary>The name in the header, where absolute paths stand.</summary>
    public VhdBuilder ParentName(string name) => Change(image => image.Set(Header + 64, Encoding.BigEndianUnicode.GetBytes(name)));

    public VhdBuilder ParentLocator(string platform, string path)
    {
        var bytes = Encoding.Unicode.GetBytes(path);
        return Change(image => image.Set(ParentPath, bytes).Set(Header + 576 + 24, Encoding.ASCII.GetBytes(platform)))
            .SetHeader(576 + 24 + 8, (uint)bytes.Length).SetHeader(576 + 24 + 16, (ulong)ParentPath);
    }

    public ImageBuilder Create()
    {
        _image.BigEndian(Footer + 64, VhdFooter.ComputeChecksum(_image.Bytes.AsSpan(Footer, 512), 64));
        _image.BigEndian(Header + 36, VhdFooter.ComputeChecksum(_image.Bytes.AsSpan(Header, 1024), 36));
        return _image.Set(0, _image.Bytes.AsSpan(Footer, 512));
    }

    public MemoryByteSource Build() => Create().Build();

    private VhdBuilder Change(Action<ImageBuilder> change)
    {
        change(_image);
        return this;
    }
}
