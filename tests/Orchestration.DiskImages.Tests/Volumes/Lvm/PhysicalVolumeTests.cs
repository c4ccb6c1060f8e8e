using System.Buffers.Binary;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Volumes.Lvm;
using Orchestration.DiskImages.Volumes.Lvm.Metadata;

namespace Orchestration.DiskImages.Tests.Volumes.Lvm;

public sealed class PhysicalVolumeTests
{
    private const int Area = PhysicalVolumeBuilder.Area;
    private const int AreaLength = PhysicalVolumeBuilder.AreaLength;

    private readonly List<string> _warnings = [];

    [Fact]
    public void A_text_that_reaches_the_end_of_its_ring_goes_on_after_the_header()
    {
        var volume = PhysicalVolumeBuilder.Build("vg { id = \"a\" seqno = 7 }", textOffset: AreaLength - 10);

        var root = Assert.Single(PhysicalVolume.Read(new MemoryByteSource(volume), _warnings.Add).Metadata);

        Assert.Equal(7, root.FindSection("vg")?.FindNumber("seqno"));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void A_label_may_stand_in_any_of_the_first_four_sectors()
    {
        var volume = PhysicalVolumeBuilder.Build("vg { }", textOffset: 512, labelSector: 3);

        Assert.Equal(new string('i', 32), PhysicalVolume.Read(new MemoryByteSource(volume), _warnings.Add).Id);
    }

    [Fact]
    public void A_label_with_a_wrong_checksum_is_refused()
    {
        var volume = PhysicalVolumeBuilder.Build("vg { }", textOffset: 512);
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
        var volume = PhysicalVolumeBuilder.Build("vg { }", textOffset: 512);
        BinaryPrimitives.WriteInt64LittleEndian(volume.AsSpan(Area + field), value);
        PhysicalVolumeBuilder.Seal(volume.AsSpan(Area, 512));

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
}
