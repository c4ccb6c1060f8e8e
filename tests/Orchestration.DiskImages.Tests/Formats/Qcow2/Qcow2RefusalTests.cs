using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Tests.Formats.Qcow2;

/// <summary>What cannot be read rightly is refused, with the name of what stands in the way.</summary>
public sealed class Qcow2RefusalTests
{
    private const int Cluster = Qcow2Builder.Cluster;

    [Fact]
    public void Unknown_incompatible_features_are_named_with_the_names_that_the_image_gives_them() =>
        Refuses(
            new Qcow2Builder().Set(72, 1UL << 5 | 1UL << 63).Extension(0x6803f857, [0, 5, .. "time travel"u8, .. new byte[35]]),
            DiskImageError.Unsupported,
            "bit 5 (time travel), bit 63");

    [Fact]
    public void An_external_data_file_that_may_not_be_opened_is_named() =>
        Refuses(new Qcow2Builder().Set(72, 4UL).Extension(0x44415441, [.. "disk.raw"u8]), DiskImageError.NotFound, "'disk.raw'", layer: "backing file");

    [Fact]
    public void An_external_data_file_without_a_name_is_refused() => Refuses(new Qcow2Builder().Set(72, 4UL), DiskImageError.Unsupported, "does not name");

    [Theory]
    [InlineData(1u, "AES")]
    [InlineData(2u, "without a header")]
    [InlineData(3u, "method 3")]
    public void Encryption_is_named(uint method, string name) =>
        Refuses(new Qcow2Builder().Set(32, method), DiskImageError.Unsupported, name);

    [Fact]
    public void A_later_version_is_refused() => Refuses(new Qcow2Builder().Set(4, 4u), DiskImageError.Unsupported, "version 4");

    [Theory]
    [InlineData(8u)]
    [InlineData(22u)]
    [InlineData(uint.MaxValue)]
    public void Impossible_cluster_sizes_are_refused(uint bits) => Refuses(new Qcow2Builder().Set(20, bits), DiskImageError.Corrupt, "cluster_bits");

    [Theory]
    [InlineData(100u)]
    [InlineData(108u)]
    [InlineData(0x7fff_fff8u)]
    public void Impossible_header_lengths_are_refused(uint length) => Refuses(new Qcow2Builder().Set(100, length), DiskImageError.Corrupt, "header_length");

    [Fact]
    public void A_compression_type_that_the_feature_bit_denies_is_refused() =>
        Refuses(new Qcow2Builder().Set(100, 112u).Set(104, 0x0100_0000u), DiskImageError.Corrupt, "compression type 1");

    [Fact]
    public void An_unknown_compression_type_is_refused_by_number() =>
        Refuses(new Qcow2Builder().Set(72, 8UL).Set(100, 112u).Set(104, 0x0700_0000u), DiskImageError.Unsupported, "compression type 7");

    [Fact]
    public void A_field_after_the_end_of_the_header_is_absent()
    {
        using var image = DiskImage.Open(new Qcow2Builder().Set(104, 0u).Entry(0, 0x8000_0000_0000_0000UL | Qcow2Builder.Data).Fill(Qcow2Builder.Data, 10, 'd').Build());

        Assert.Equal((byte)'d', image.Content.ReadBytes(0, 1)[0]);
    }

    [Fact]
    public void A_virtual_size_that_the_l1_table_does_not_cover_is_refused() =>
        Refuses(new Qcow2Builder().Set(24, 1UL << 40), DiskImageError.Corrupt, "the L1 table has 1 entries");

    [Fact]
    public void A_virtual_size_beyond_all_bounds_is_refused() => Refuses(new Qcow2Builder().Set(24, ulong.MaxValue), DiskImageError.Corrupt, "more than 2^63");

    [Fact]
    public void An_l1_table_beyond_the_limit_is_refused() =>
        Refuses(new Qcow2Builder().Set(24, 1UL << 60).Set(36, uint.MaxValue), DiskImageError.LimitExceeded, "at most 4194304");

    [Fact]
    public void A_backing_file_name_outside_the_first_cluster_is_refused() =>
        Refuses(new Qcow2Builder().Set(8, (ulong)Cluster).Set(16, 10u), DiskImageError.Corrupt, "backing file name");

    [Fact]
    public void A_header_extension_that_leaves_the_first_cluster_is_refused() =>
        Refuses(new Qcow2Builder().Set(104, 0x12345678u).Set(108, 0xffff_fff0u), DiskImageError.Corrupt, "header extension 0x12345678");

    [Theory]
    [InlineData(Qcow2Builder.L1 + 4)]
    [InlineData(Qcow2Builder.L2 + 100)]
    [InlineData(Qcow2Builder.Data + 100)]
    public void A_truncated_image_says_so(int length) =>
        Refuses(
            new Qcow2Builder().Entry(0, 0x8000_0000_0000_0000UL | Qcow2Builder.Data), DiskImageError.Corrupt, "truncated", length);

    [Fact]
    public void A_table_with_an_entry_beyond_the_end_is_refused_even_where_only_its_neighbour_is_read() =>
        Refuses(new Qcow2Builder().Entry(0, Qcow2Builder.Data).Entry(3, 1UL << 40), DiskImageError.Corrupt, "truncated", readLength: 10);

    [Fact]
    public void A_cluster_that_is_not_aligned_is_refused() => Refuses(new Qcow2Builder().Entry(0, Qcow2Builder.Data + 512), DiskImageError.Corrupt, "multiple of the cluster size");

    [Fact]
    public void A_zero_cluster_in_version_2_is_refused() => Refuses(new Qcow2Builder(version: 2).Entry(0, 1), DiskImageError.Corrupt, "version 2");

    [Fact]
    public void A_compressed_cluster_that_is_no_deflate_stream_is_refused() =>
        Refuses(new Qcow2Builder().Fill(Qcow2Builder.Data, 512, 'ÿ').Entry(0, 1UL << 62 | Qcow2Builder.Data), DiskImageError.Corrupt, "deflate");

    [Fact]
    public void A_compressed_cluster_that_is_too_short_is_refused() =>
        Refuses(new Qcow2Builder().Set(Qcow2Builder.Data, 0x0300_0000u).Entry(0, 1UL << 62 | Qcow2Builder.Data), DiskImageError.Corrupt, "holds 0 bytes");

    [Fact]
    public void A_subcluster_that_is_both_allocated_and_zero_is_refused() =>
        Refuses(
            new Qcow2Builder().Set(72, 16UL).Set(Qcow2Builder.L2, (ulong)Qcow2Builder.Data).Set(Qcow2Builder.L2 + 8, 1UL << 32 | 1), DiskImageError.Corrupt, "both allocated and zero");

    [Fact]
    public void A_dirty_image_is_read_without_ado_and_a_corrupt_one_with_a_warning()
    {
        using var dirty = DiskImage.Open(new Qcow2Builder().Set(72, 1UL).Build());
        using var corrupt = DiskImage.Open(new Qcow2Builder().Set(72, 2UL).Build());

        Assert.Empty(dirty.Warnings);
        Assert.Contains("marked as corrupt", Assert.Single(corrupt.Warnings), StringComparison.Ordinal);
        Assert.Equal(0, corrupt.Content.ReadBytes(0, 1)[0]);
    }

    [Fact]
    public void A_zero_flag_hides_the_cluster_that_is_allocated_with_it()
    {
        using var image = DiskImage.Open(new Qcow2Builder().Fill(Qcow2Builder.Data, 10, 'd').Entry(0, Qcow2Builder.Data | 1).Build());

        Assert.Equal(0, image.Content.ReadBytes(0, 1)[0]);
    }

    private static void Refuses(Qcow2Builder builder, DiskImageError error, string rule, int? length = null, int readLength = 4 * Cluster, string layer = "qcow2")
    {
        var exception = Assert.Throws<DiskImageException>(() =>
        {
            using var image = DiskImage.Open(builder.Build(length));
            image.Content.ReadBytes(0, readLength);
        });
        Assert.Equal(error, exception.Error);
        Assert.Equal(layer, exception.Layer);
        Assert.Contains(rule, exception.Rule, StringComparison.Ordinal);
    }
}
