using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.Checksums;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Volumes.Lvm;
using Orchestration.DiskImages.Volumes.Lvm.Metadata;

namespace Orchestration.DiskImages.Tests.Volumes.Lvm;

public sealed class PhysicalVolumeTests
{
    private const int Area = 4096;
    private const int AreaLength = 8192;

    private readonly List<string> _warnings = [];

    [Fact]
    public void A_text_that_reaches_the_end_of_its_ring_goes_on_after_the_header()
    {
        var volume = Build("vg { id = \"a\" seqno = 7 }", textOffset: AreaLength - 10);

        var root = Assert.Single(PhysicalVolume.Read(new MemoryByteSource(volume), _warnings.Add).Metadata);

        Assert.Equal(7, root.FindSection("vg")?.FindNumber("seqno"));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void A_label_may_stand_in_any_of_the_first_four_sectors()
    {
        var volume = Build("vg { }", textOffset: 512, labelSector: 3);

        Assert.Equal(new string('i', 32), PhysicalVolume.Read(new MemoryByteSource(volume), _warnings.Add).Id);
    }

    [Fact]
    public void A_label_with_a_wrong_checksum_is_refused()
    {
        var volume = Build("vg { }", textOffset: 512);
        volume[512 + 100] ^= 1;

        var exception = Assert.Throws<DiskImageException>(() => PhysicalVolume.Read(new MemoryByteSource(volume), _warnings.Add));

        Assert.Contains("checksum", exception.Rule, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(48, 1L << 40)]
    [InlineData(40, AreaLength)]
    [InlineData(40, -1)]
    public void A_text_that_does_not_fit_into_its_area_is_a_warning(int field, long value)
    {
        var volume = Build("vg { }", textOffset: 512);
        BinaryPrimitives.WriteInt64LittleEndian(volume.AsSpan(Area + field), value);
        Seal(volume.AsSpan(Area, 512));

        Assert.Empty(PhysicalVolume.Read(new MemoryByteSource(volume), _warnings.Add).Metadata);
        Assert.Contains("do not fit", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_keys_comments_escapes_and_lists_over_lines_are_read()
    {
        var root = LvmTextParser.Parse("# head\nvg {\n\tnew_key = [ 1,\n -2, \"a]\\\"\\\\\" ] # tail\n\tempty = []\n\tword = yes\n\tinner { deeper { } }\n}\n\0");

        var group = root.FindSection("vg");
        Assert.Equal([1L, -2L, "a]\"\\"], group?.FindList("new_key"));
        Assert.Equal("yes", group?.FindText("word"));
        Assert.NotNull(group?.FindSection("inner")?.FindSection("deeper"));
    }

    [Theory]
    [InlineData("vg {")]
    [InlineData("}")]
    [InlineData("vg { a = [ 1 2 ] }")]
    [InlineData("vg { a = \"b }")]
    [InlineData("vg { a = }")]
    [InlineData("vg { a }")]
    [InlineData("{ }")]
    public void A_text_that_breaks_the_grammar_is_refused(string text) => Assert.Throws<DiskImageException>(() => LvmTextParser.Parse(text));

    [Fact]
    public void Sections_nested_without_end_are_refused() =>
        Assert.Contains("nested", Assert.Throws<DiskImageException>(() => LvmTextParser.Parse(string.Concat(Enumerable.Repeat("a { ", 100_000)))).Rule, StringComparison.Ordinal);

    private static byte[] Build(string text, int textOffset, int labelSector = 1)
    {
        var volume = new byte[Area + AreaLength];
        var label = volume.AsSpan(labelSector * 512, 512);
        "LABELONE"u8.CopyTo(label);
        BinaryPrimitives.WriteInt64LittleEndian(label[8..], labelSector);
        BinaryPrimitives.WriteInt32LittleEndian(label[20..], 32);
        "LVM2 001"u8.CopyTo(label[24..]);
        label.Slice(32, 32).Fill((byte)'i');
        BinaryPrimitives.WriteInt64LittleEndian(label[88..], Area);
        BinaryPrimitives.WriteInt64LittleEndian(label[96..], AreaLength);

        // After the list of data areas, which is empty here: a zero offset ends it at 72.
        BinaryPrimitives.WriteUInt32LittleEndian(label[16..], Crc32Lvm.Compute(label[20..]));

        var bytes = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i < bytes.Length; i++)
        {
            var at = textOffset + i;
            volume[Area + (at < AreaLength ? at : at - AreaLength + 512)] = bytes[i];
        }

        var header = volume.AsSpan(Area, 512);
        " LVM2 x[5A%r0N*>"u8.CopyTo(header[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], textOffset);
        BinaryPrimitives.WriteInt64LittleEndian(header[48..], bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[56..], Crc32Lvm.Compute(bytes));
        Seal(header);
        return volume;
    }

    private static void Seal(Span<byte> header) => BinaryPrimitives.WriteUInt32LittleEndian(header, Crc32Lvm.Compute(header[4..]));
}
