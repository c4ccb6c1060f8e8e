using System.Text;
using Orchestration.DiskImages.Tests.Support.Sources;

namespace Orchestration.DiskImages.Tests.Formats.Vmdk;

/// <summary>
/// A sparse extent of four grains of 4 KiB, of which none is allocated, with room for two, full of a and of b, and a descriptor; any field
/// can be overwritten.
/// </summary>
internal sealed class SparseExtentBuilder
{
    public const int Grain = 4096;

    /// <summary>Where things lie.</summary>
    public const int Descriptor = 512;
    public const int RedundantDirectory = 2048;
    public const int Directory = 2560;
    public const int Table = 3072;
    public const int Data = 4096;
    public const int End = Data + 2 * Grain;

    private readonly ImageBuilder _image = new(new byte[End]);

    public SparseExtentBuilder(string descriptor = "CID=11111111\nparentCID=ffffffff\nRW 32 SPARSE \"renamed.vmdk\"\n")
    {
        _image.Set(0, "KDMV"u8).LittleEndian(4, 1u).LittleEndian(8, 3u).LittleEndian(12, 32UL).LittleEndian(20, (ulong)Grain / 512).LittleEndian(28, 1UL)
            .LittleEndian(36, 3UL).LittleEndian(44, 128u).LittleEndian(48, (ulong)RedundantDirectory / 512).LittleEndian(56, (ulong)Directory / 512).LittleEndian(64, 8UL)
            .Set(73, "\n \r\n"u8).LittleEndian(Directory, Table / 512u).LittleEndian(RedundantDirectory, Table / 512u)
            .Set(Descriptor, Encoding.UTF8.GetBytes("# Disk DescriptorFile\n" + descriptor)).Fill(Data, Grain, 'a').Fill(Data + Grain, Grain, 'b');
    }

    public static SparseExtentBuilder CreateChild(string parentHint) =>
        new($"CID=22222222\nparentCID=11111111\nparentFileNameHint=\"{parentHint}\"\nRW 32 SPARSE \"child.vmdk\"\n");

    public SparseExtentBuilder Set(int offset, uint value)
    {
        _image.LittleEndian(offset, value);
        return this;
    }

    public SparseExtentBuilder Set(int offset, ulong value)
    {
        _image.LittleEndian(offset, value);
        return this;
    }

    /// <summary>The table entry of a grain: the sector where it is stored.</summary>
    public SparseExtentBuilder Entry(int grain, int sector) => Set(Table + grain * 4, (uint)sector);

    public ImageBuilder Create() => _image;

    public MemoryByteSource Build() => _image.Build();
}
