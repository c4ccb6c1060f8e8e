using System.Globalization;
using System.IO.Compression;
using System.Text;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;

namespace Orchestration.DiskImages.Tests.Formats.Vmdk;

public sealed class VmdkTests
{
    private const int Grain = SparseExtentBuilder.Grain;
    private const int Compressed = 0x3_0003;

    [Fact]
    public void Grains_are_found_by_directory_and_table()
    {
        using var image = DiskImage.Open(new SparseExtentBuilder().Entry(1, 16).Entry(3, 8).Build());

        Assert.Equal("\0b\0a"u8, (byte[])[.. Enumerable.Range(0, 4).Select(grain => image.Content.ReadBytes(grain * Grain + 100, 1)[0])]);
    }

    [Fact]
    public void A_table_entry_of_1_is_a_grain_of_zeros_where_the_header_says_so_and_hides_the_parent()
    {
        var parent = new SparseExtentBuilder().Entry(0, 8).Entry(1, 8);
        var child = SparseExtentBuilder.CreateChild("base.vmdk").Set(8, 7u).Entry(0, 1);

        using var image = DiskImage.Open(child.Build(), "vmdk", Files(("base.vmdk", parent.Build())));

        Assert.Equal("\0a"u8, image.Content.ReadBytes(Grain - 1, 2));
    }

    [Fact]
    public void A_table_entry_of_1_is_refused_elsewhere() =>
        new SparseExtentBuilder().Entry(0, 1).Create().IsRefused("vmdk", DiskImageError.Corrupt, "zeroed grain");

    [Theory]
    [InlineData("base.vmdk", "base.vmdk")]
    [InlineData(@"..\base\base.vmdk", "../base/base.vmdk")]
    [InlineData(@"C:\disks\base.vmdk", "base.vmdk")]
    public void The_parent_is_found_by_its_hint(string hint, string name)
    {
        using var image = DiskImage.Open(SparseExtentBuilder.CreateChild(hint).Build(), "vmdk", Files((name, new SparseExtentBuilder().Entry(0, 8).Build())));

        Assert.Equal((byte)'a', image.Content.ReadBytes(0, 1)[0]);
    }

    [Fact]
    public void A_parent_that_was_written_to_since_is_refused() =>
        SparseExtentBuilder.CreateChild("base.vmdk").Create().IsRefused(
            "backing file", DiskImageError.Corrupt, "expected 11111111", files: Files(("base.vmdk", SparseExtentBuilder.CreateChild("x").Create().Set(SparseExtentBuilder.Descriptor + 45, "ffffffff"u8).Build())));

    [Fact]
    public void An_image_that_rests_on_itself_is_refused()
    {
        var image = new SparseExtentBuilder("CID=11111111\nparentCID=11111111\nparentFileNameHint=\"self.vmdk\"\nRW 32 SPARSE \"self.vmdk\"\n");

        image.Create().IsRefused("backing file", DiskImageError.Corrupt, "rests on itself", files: Files(("self.vmdk", image.Build())));
    }

    [Fact]
    public void A_delta_that_does_not_name_its_parent_is_refused() =>
        new SparseExtentBuilder("CID=1\nparentCID=2\nRW 32 SPARSE \"x\"\n").Create().IsRefused("vmdk", DiskImageError.Corrupt, "is not named");

    [Fact]
    public void The_redundant_directory_is_used_where_the_first_lies_outside_the_image()
    {
        using var image = DiskImage.Open(new SparseExtentBuilder().Set(56, 1000UL).Entry(0, 8).Build());

        Assert.Equal((byte)'a', image.Content.ReadBytes(0, 1)[0]);
        Assert.Contains("redundant", Assert.Single(image.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_was_not_closed_is_read_with_a_warning()
    {
        using var image = DiskImage.Open(new SparseExtentBuilder().Set(72, 0x0d20_0a01u).Create().Set(76, "\n"u8).Build());

        Assert.Contains("not closed", Assert.Single(image.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("COWD", "open the descriptor")]
    [InlineData("\u00be\u00ba\u00fe\u00ca\0\0\0\0", "open the descriptor")]
    public void Other_kinds_of_extents_are_refused_by_name(string magic, string rule) =>
        new ImageBuilder(new byte[4096]).Set(0, Encoding.Latin1.GetBytes(magic)).IsRefused("vmdk", DiskImageError.Unsupported, rule);

    [Fact]
    public void An_extent_of_a_larger_disk_is_refused_on_its_own() =>
        new SparseExtentBuilder().Set(28, 0UL).Create().IsRefused("vmdk", DiskImageError.Unsupported, "one extent of a disk");

    [Theory]
    [InlineData(4, 4u, "version 4")]
    [InlineData(8, 0x0004_0003u, "flags 0x40000")]
    [InlineData(8, 0x0001_0003u, "without markers")]
    public void Features_that_nobody_knows_are_refused_by_name(int field, uint value, string rule) =>
        new SparseExtentBuilder().Set(field, value).Create().IsRefused("vmdk", DiskImageError.Unsupported, rule);

    [Fact]
    public void Another_compression_is_refused_by_number() =>
        new SparseExtentBuilder().Set(8, Compressed).Create().Set(77, 2).IsRefused("vmdk", DiskImageError.Unsupported, "compression algorithm 2");

    [Theory]
    [InlineData(20, 0UL, "a grain has 0 sectors")]
    [InlineData(20, 9UL, "a grain has 9 sectors")]
    [InlineData(20, 1UL << 40, "a grain has")]
    [InlineData(12, ulong.MaxValue, "are allowed")]
    [InlineData(12, 1UL << 40, "goes beyond the end")]
    [InlineData(28, 1UL << 60, "the descriptor has")]
    [InlineData(36, ulong.MaxValue, "the descriptor has")]
    [InlineData(56, ulong.MaxValue, "the header and the footer|no header")]
    public void Impossible_headers_are_refused(int field, ulong value, string rules) =>
        new SparseExtentBuilder().Set(field, value).Create().IsRefused("vmdk", DiskImageError.Corrupt, rules.Split('|')[^1]);

    [Fact]
    public void An_image_without_any_grain_table_entries_is_refused() =>
        new SparseExtentBuilder().Set(44, 0u).Create().IsRefused("vmdk", DiskImageError.Corrupt, "are allowed");

    [Fact]
    public void A_header_and_a_footer_that_point_to_each_other_are_refused()
    {
        var image = new SparseExtentBuilder().Set(56, ulong.MaxValue).Create();
        image.Set(SparseExtentBuilder.End - 1024, image.Bytes.AsSpan(0, 512)).IsRefused("vmdk", DiskImageError.Corrupt, "found by the other");
    }

    [Fact]
    public void An_image_that_was_transferred_as_text_is_refused() =>
        new SparseExtentBuilder().Create().Set(73, "\n \n\n"u8).IsRefused("vmdk", DiskImageError.Corrupt, "transferred as text");

    [Theory]
    [InlineData(100, "truncated")]
    [InlineData(SparseExtentBuilder.Table + 100, "truncated")]
    [InlineData(SparseExtentBuilder.Data + 100, "truncated")]
    public void A_truncated_image_is_refused(int length, string rule) =>
        new SparseExtentBuilder().Entry(0, 8).Create().IsRefused("vmdk", DiskImageError.Corrupt, rule, length);

    [Fact]
    public void A_compressed_grain_is_read_and_may_end_where_the_disk_does()
    {
        var image = CreateCompressed([.. Enumerable.Repeat((byte)'z', Grain / 2)]).Set(12, 28UL);

        using var opened = DiskImage.Open(image.Build());

        Assert.Equal([0, .. Enumerable.Repeat((byte)'z', Grain / 2)], opened.Content.ReadBytes(3 * Grain - 1, Grain / 2 + 1));
    }

    [Fact]
    public void A_compressed_grain_that_is_too_short_is_refused()
    {
        using var image = DiskImage.Open(CreateCompressed(new byte[10]).Build());

        Assert.Contains("holds 10 bytes", Assert.Throws<DiskImageException>(() => image.Content.ReadBytes(3 * Grain, 100)).Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compressed_grain_of_more_than_its_size_is_cut_short()
    {
        using var image = DiskImage.Open(CreateCompressed(new byte[1024 * 1024]).Build());

        Assert.Equal(new byte[Grain], image.Content.ReadBytes(3 * Grain, Grain));
    }

    [Theory]
    [InlineData(8, 0x7fff_ffffu, "expected at most")]
    [InlineData(12, 0xffff_ffffu, "not a zlib stream")]
    public void An_impossible_compressed_grain_is_refused(int field, uint value, string rule)
    {
        using var image = DiskImage.Open(CreateCompressed(new byte[Grain]).Set(SparseExtentBuilder.Data + field, value).Build());

        Assert.Contains(rule, Assert.Throws<DiskImageException>(() => image.Content.ReadBytes(3 * Grain, 100)).Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_descriptor_joins_extents_of_all_kinds()
    {
        var descriptor = Describe("RW 1 ZERO", "RW 32 SPARSE \"sparse\"", "RDONLY 2 FLAT \"flat\" 3", "RW 1 VMFS \"name with \"quotes\"\"");
        var flat = SlowFetcher.CreatePattern(4096);

        using var image = DiskImage.Open(
            descriptor.Build(), "vmdk", Files(("sparse", new SparseExtentBuilder().Entry(0, 8).Build()), ("flat", new MemoryByteSource(flat)), ("name with \"quotes\"", new MemoryByteSource(flat))));

        Assert.Equal(36 * 512, image.Content.Length);
        Assert.Equal([0, (byte)'a'], image.Content.ReadBytes(511, 2));
        Assert.Equal([0, .. flat[1536..2560], .. flat[..512]], image.Content.ReadBytes(33 * 512 - 1, 3 * 512 + 1));
    }

    [Fact]
    public void Extents_and_grains_beyond_4_GiB_are_found()
    {
        const long Far = 5L * 1024 * 1024 * 1024;
        using var folder = new TemporaryFolder();
        using (var file = File.OpenWrite(folder.CreateSparse("far", Far + Grain)))
        {
            file.Write(new SparseExtentBuilder().Entry(0, (int)(Far / 512)).Create().Bytes);
            file.Position = Far;
            file.Write("far"u8);
        }

        using var image = DiskImage.Open(
            Describe("RW 32 SPARSE \"far\"", string.Create(CultureInfo.InvariantCulture, $"RW 1 FLAT \"far\" {Far / 512}")).Build(), "vmdk", new NeighbourFiles(folder.Root));

        Assert.Equal("far"u8, image.Content.ReadBytes(0, 3));
        Assert.Equal("far"u8, image.Content.ReadBytes(32 * 512, 3));
    }

    [Theory]
    [InlineData("RW 32 VMFSRDM \"x\"", "type VMFSRDM")]
    [InlineData("NOACCESS 32 FLAT \"x\"", "not accessible")]
    public void Extents_that_cannot_be_read_are_refused_by_name(string line, string rule) => Describe(line).IsRefused("vmdk", DiskImageError.Unsupported, rule);

    [Theory]
    [InlineData("RW", "0 extents")]
    [InlineData("RW x FLAT \"x\"", "expected an extent's access")]
    [InlineData("RW 0 FLAT \"x\"", "expected an extent's access")]
    [InlineData("RW 99999999999999999999 FLAT \"x\"", "expected an extent's access")]
    [InlineData("RW 17592186044417 FLAT \"x\"", "expected an extent's access")]
    [InlineData("RW 1 FLAT", "names no file")]
    [InlineData("RW 1 FLAT \"x\" -1", "ends in no offset")]
    [InlineData("RW 33 SPARSE \"sparse\"", "holds 16384 bytes")]
    public void Impossible_descriptors_are_refused(string line, string rule) =>
        Describe(line).IsRefused("vmdk", DiskImageError.Corrupt, rule, files: Files(("sparse", new SparseExtentBuilder().Build())));

    [Fact]
    public void An_extent_shorter_than_the_descriptor_says_is_refused()
    {
        var exception = Assert.Throws<DiskImageException>(() => DiskImage.Open(Describe("RW 9 FLAT \"x\" 1").Build(), null, Files(("x", new MemoryByteSource(new byte[9 * 512])))));

        Assert.Equal(DiskImageError.Corrupt, exception.Error);
    }

    [Fact]
    public void A_descriptor_of_too_many_extents_is_refused() =>
        Describe([.. Enumerable.Repeat("RW 1 ZERO", 4097)]).IsRefused("vmdk", DiskImageError.Corrupt, "has 4097 extents");

    [Fact]
    public void A_descriptor_beyond_the_limit_is_refused() =>
        Describe(new string('x', 1024 * 1024)).IsRefused("vmdk", DiskImageError.LimitExceeded, "at most 1048576");

    [Fact]
    public void Extents_are_not_opened_where_no_other_files_are_allowed() => Describe("RW 1 FLAT \"x\"").IsRefused("backing file", DiskImageError.NotFound, "not allowed");

    [Fact]
    public void An_extent_is_not_a_descriptor_in_its_turn() =>
        Describe("RW 1 SPARSE \"self\"").IsRefused("vmdk", DiskImageError.Corrupt, "no header", files: Files(("self", Describe("RW 1 SPARSE \"self\"").Build())));

    private static ImageBuilder Describe(params string[] extents) =>
        new(Encoding.UTF8.GetBytes($"# Disk DescriptorFile\nversion=1\nCID=11111111\nparentCID=ffffffff\n{string.Join('\n', extents)}\n"));

    private static SparseExtentBuilder CreateCompressed(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var deflater = new ZLibStream(stream, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflater.Write(content);
        }

        var builder = new SparseExtentBuilder().Set(8, Compressed).Entry(3, 8);
        builder.Create().Set(77, 1).LittleEndian(SparseExtentBuilder.Data, 24UL).LittleEndian(SparseExtentBuilder.Data + 8, (uint)stream.Length)
            .Set(SparseExtentBuilder.Data + 12, stream.ToArray());
        return builder;
    }

    private static FileResolver Files(params (string Name, IByteSource Source)[] files) =>
        new(name => files.SingleOrDefault(file => file.Name == name).Source ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"unexpected {name}")));
}
