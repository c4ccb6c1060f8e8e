using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.Formats.Vhdx;
using Orchestration.DiskImages.Tests.Support.Sources;

namespace Orchestration.DiskImages.Tests.Formats.Vhdx;

/// <summary>
/// A VHDX image of two blocks of 1 MiB, of which none is allocated, with room for one, full of a, and for a bitmap. Any field can be
/// overwritten; checksums of headers and region tables are right unless a test makes them wrong.
/// </summary>
internal sealed class VhdxBuilder
{
    public const int Block = 1024 * 1024;

    /// <summary>Where things lie.</summary>
    public const int Header = 64 * 1024;
    public const int SecondHeader = 128 * 1024;
    public const int Regions = 192 * 1024;
    public const int SecondRegions = 256 * 1024;
    public const int Log = Block;
    public const int Metadata = 2 * Block;
    public const int Table = 3 * Block;
    public const int Stored = 4 * Block;
    public const int Bitmap = 5 * Block;
    public const int End = 6 * Block;

    private const int Items = Metadata + 64 * 1024;

    public static readonly Guid DataWrite = new("11111111-2222-3333-4444-555555555555");
    public static readonly Guid LogIdentifier = new("99999999-2222-3333-4444-555555555555");

    private readonly ImageBuilder _image = new(new byte[End]);
    private int _items;

    public VhdxBuilder(uint sectorSize = 512, bool hasParent = false, string relativePath = @".\base.vhdx")
    {
        _image.Set(0, "vhdxfile"u8).Fill(Stored, Block, 'a');
        foreach (var header in (ReadOnlySpan<int>)[Header, SecondHeader])
        {
            _image.Set(header, "head"u8).LittleEndian(header + 8, 1UL).Set(header + 32, DataWrite.ToByteArray())
                .LittleEndian(header + 64, 0x0001_0000u).LittleEndian(header + 68, (uint)Block).LittleEndian(header + 72, (ulong)Log);
        }

        foreach (var regions in (ReadOnlySpan<int>)[Regions, SecondRegions])
        {
            _image.Set(regions, "regi"u8).LittleEndian(regions + 8, 2u);
            SetRegion(regions, 0, "2dc27766-f623-4200-9d64-115e9bfd4a08", Table);
            SetRegion(regions, 1, "8b7ca206-4790-4b9a-b8fe-575f050f886e", Metadata);
        }

        _image.Set(Metadata, "metadata"u8);
        AddItem("caa16737-fa36-4d43-b3b6-33f0aa44e76b", [.. LittleEndian(Block), .. LittleEndian(hasParent ? 2 : 0)]);
        AddItem("2fa54224-cd1b-4876-b211-5dbed83bf4b8", [.. LittleEndian(2 * Block), .. LittleEndian(0)]);
        AddItem("8141bf1d-a96f-4709-ba47-f233a8faab5f", LittleEndian((int)sectorSize));
        if (hasParent)
        {
            AddItem("a8d35f2d-b30b-454d-abf7-d3d84834ab0c", CreateLocator(relativePath));
        }
    }

    /// <summary>Offset of an item of metadata, in the order of the constructor.</summary>
    public static int Item(int index) => Items + index * 4096;

    public VhdxBuilder AddItem(string item, byte[] bytes, uint flags = 4)
    {
        var entry = Metadata + 32 * (_items + 1);
        _image.Set(entry, new Guid(item).ToByteArray()).LittleEndian(entry + 16, (uint)(Item(_items) - Metadata)).LittleEndian(entry + 20, (uint)bytes.Length)
            .LittleEndian(entry + 24, flags).Set(Item(_items), bytes);
        _image.LittleEndian(Metadata + 10, (uint)++_items);
        return this;
    }

    /// <summary>The entry of a block, or of the bitmap where the block is 4096 or, with sectors of 4 KiB, 32768.</summary>
    public VhdxBuilder Entry(int block, int state, int stored = 0) => Set(Table + block * 8, (ulong)(uint)stored | (uint)state);

    public VhdxBuilder Set(int offset, uint value) => Change(image => image.LittleEndian(offset, value));

    public VhdxBuilder Set(int offset, ulong value) => Change(image => image.LittleEndian(offset, value));

    public VhdxBuilder Set(int offset, byte[] value) => Change(image => image.Set(offset, value));

    /// <summary>Fills the block stored there.</summary>
    public VhdxBuilder Fill(int stored, byte content) => Change(image => image.Fill(stored, Block, (char)content));

    public ImageBuilder Create()
    {
        foreach (var (structure, length) in (ReadOnlySpan<(int, int)>)[(Header, 4096), (SecondHeader, 4096), (Regions, 65536), (SecondRegions, 65536)])
        {
            _image.LittleEndian(structure + 4, VhdxFormat.ComputeChecksum(_image.Bytes.AsSpan(structure, length)));
        }

        return _image;
    }

    public MemoryByteSource Build() => Create().Build();

    private static byte[] LittleEndian(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] CreateLocator(string relativePath)
    {
        (string Key, string Value)[] entries = [("parent_linkage", $"{{{DataWrite}}}"), ("relative_path", relativePath), ("absolute_win32_path", @"C:\disks\absolute.vhdx")];
        var locator = new ImageBuilder(new byte[4096]).Set(0, new Guid("b04aefb7-d19e-4a81-b789-25b8e9445913").ToByteArray()).Set(18, (byte)entries.Length);
        var text = 20 + 12 * entries.Length;
        foreach (var (index, (key, value)) in entries.Index())
        {
            var entry = 20 + 12 * index;
            locator.LittleEndian(entry, (uint)text).Set(entry + 8, (byte)(key.Length * 2)).Set(text, Encoding.Unicode.GetBytes(key));
            text += key.Length * 2;
            locator.LittleEndian(entry + 4, (uint)text).Set(entry + 10, (byte)(value.Length * 2)).Set(text, Encoding.Unicode.GetBytes(value));
            text += value.Length * 2;
        }

        return locator.Bytes;
    }

    private void SetRegion(int regions, int index, string region, int offset)
    {
        var entry = regions + 16 + index * 32;
        _image.Set(entry, new Guid(region).ToByteArray()).LittleEndian(entry + 16, (ulong)offset).LittleEndian(entry + 24, (uint)Block).LittleEndian(entry + 28, 1u);
    }

    private VhdxBuilder Change(Action<ImageBuilder> change)
    {
        change(_image);
        return this;
    }
}
