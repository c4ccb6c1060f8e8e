using Orchestration.DiskImages.Tests.Formats;
using Orchestration.DiskImages.Tests.Formats.Qcow2;
using Orchestration.DiskImages.Tests.Formats.Vdi;
using Orchestration.DiskImages.Tests.Formats.Vhd;
using Orchestration.DiskImages.Tests.Formats.Vhdx;
using Orchestration.DiskImages.Tests.Formats.Vmdk;

namespace Orchestration.DiskImages.Tests.Pitfalls;

/// <summary>Pitfalls of image formats.</summary>
internal static class FormatPitfalls
{
    public static readonly Pitfall[] All =
    [
        new("qcow2", "fields after header_length are absent", In<Qcow2RefusalTests>.Test(nameof(Qcow2RefusalTests.A_field_after_the_end_of_the_header_is_absent))),
        new("qcow2", "unknown incompatible features are refused by name", In<Qcow2RefusalTests>.Test(nameof(Qcow2RefusalTests.Unknown_incompatible_features_are_named_with_the_names_that_the_image_gives_them))),
        new("qcow2", "dirty images are read, corrupt ones warned of", In<Qcow2RefusalTests>.Test(nameof(Qcow2RefusalTests.A_dirty_image_is_read_without_ado_and_a_corrupt_one_with_a_warning))),
        new("qcow2", "external data files", In<Qcow2FeatureTests>.Test(nameof(Qcow2FeatureTests.An_external_data_file_is_read_beside_the_image)), In<Qcow2RefusalTests>.Test(nameof(Qcow2RefusalTests.An_external_data_file_that_may_not_be_opened_is_named))),
        new("qcow2", "compression of the kind that the header names", In<Qcow2ConversionTests>.Test(nameof(Qcow2ConversionTests.A_compressed_image_reads_as_the_disk_it_was_made_from)), In<Qcow2RefusalTests>.Test(nameof(Qcow2RefusalTests.A_compression_type_that_the_feature_bit_denies_is_refused))),
        new("qcow2", "extended L2 entries with subclusters", In<Qcow2ConversionTests>.Test(nameof(Qcow2ConversionTests.A_converted_image_reads_as_the_disk_it_was_made_from)), In<Qcow2RefusalTests>.Test(nameof(Qcow2RefusalTests.A_subcluster_that_is_both_allocated_and_zero_is_refused))),
        new("qcow2", "a zero flag hides an allocated cluster", In<Qcow2RefusalTests>.Test(nameof(Qcow2RefusalTests.A_zero_flag_hides_the_cluster_that_is_allocated_with_it))),
        new("qcow2", "backing files shorter than the image", In<BackingChainTests>.Test(nameof(BackingChainTests.A_backing_file_shorter_than_the_image_ends_in_zeros))),
        new("qcow2", "backing names that lead out", In<BackingChainTests>.Test(nameof(BackingChainTests.Protocol_references_are_not_followed))),
        new("qcow2", "raw backing files are not probed", In<BackingChainTests>.Test(nameof(BackingChainTests.A_raw_backing_file_that_pretends_to_be_qcow2_stays_raw))),
        new("qcow2", "snapshots have an L1 table and a size of their own", In<Qcow2FeatureTests>.Test(nameof(Qcow2FeatureTests.An_internal_snapshot_is_opened_by_name_or_id_with_its_own_size))),
        new("qcow2", "encryption with a key, or refused by name", In<Qcow2FeatureTests>.Test(nameof(Qcow2FeatureTests.An_encrypted_image_is_read_with_its_key_and_named_without)), In<Qcow2RefusalTests>.Test(nameof(Qcow2RefusalTests.Encryption_is_named))),
        new("qcow2", "an image of size zero", In<Qcow2ConversionTests>.Test(nameof(Qcow2ConversionTests.An_image_of_size_zero_is_opened))),
        new("qcow2", "what lies outside the image, is not aligned, or is not covered by its table is refused", In<Qcow2RefusalTests>.Test(nameof(Qcow2RefusalTests.A_cluster_that_is_not_aligned_is_refused)), In<Qcow2RefusalTests>.Test(nameof(Qcow2RefusalTests.A_table_with_an_entry_beyond_the_end_is_refused_even_where_only_its_neighbour_is_read)), In<Qcow2RefusalTests>.Test(nameof(Qcow2RefusalTests.A_virtual_size_that_the_l1_table_does_not_cover_is_refused)), In<Qcow2RefusalTests>.Test(nameof(Qcow2RefusalTests.A_backing_file_name_outside_the_first_cluster_is_refused))),
        new("qcow2", "compressed clusters that begin anywhere, and sizes that are no multiple of clusters", In<Qcow2ConversionTests>.Test(nameof(Qcow2ConversionTests.A_compressed_image_reads_as_the_disk_it_was_made_from)), In<Qcow2RefusalTests>.Test(nameof(Qcow2RefusalTests.A_compressed_cluster_that_is_too_short_is_refused))),
        new("vmdk", "the header of a stream stands at its end", In<VmdkConversionTests>.Test(nameof(VmdkConversionTests.A_stream_whose_directory_is_told_by_its_footer_reads_as_qemu_img_reads_it)), In<VmdkTests>.Test(nameof(VmdkTests.A_header_and_a_footer_that_point_to_each_other_are_refused))),
        new("vmdk", "an entry of 1 is a grain of zeros only where the header says so", In<VmdkTests>.Test(nameof(VmdkTests.A_table_entry_of_1_is_a_grain_of_zeros_where_the_header_says_so_and_hides_the_parent)), In<VmdkTests>.Test(nameof(VmdkTests.A_table_entry_of_1_is_refused_elsewhere))),
        new("vmdk", "the redundant directory", In<VmdkTests>.Test(nameof(VmdkTests.The_redundant_directory_is_used_where_the_first_lies_outside_the_image))),
        new("vmdk", "offsets beyond 4 GiB", In<VmdkTests>.Test(nameof(VmdkTests.Extents_and_grains_beyond_4_GiB_are_found))),
        new("vmdk", "identifiers of contents in a delta chain", In<VmdkTests>.Test(nameof(VmdkTests.A_parent_that_was_written_to_since_is_refused)), In<VmdkConversionTests>.Test(nameof(VmdkConversionTests.A_delta_shows_its_parent_through))),
        new("vmdk", "a renamed file of a single extent", In<VmdkConversionTests>.Test(nameof(VmdkConversionTests.An_image_of_one_extent_is_read_under_any_name))),
        new("vmdk", "extents of ESX", In<EsxExtentTests>.Test(nameof(EsxExtentTests.A_copy_on_write_delta_over_its_parent_reads_as_qemu_img_reads_it)), In<EsxExtentTests>.Test(nameof(EsxExtentTests.A_space_efficient_delta_over_its_parent_reads_as_qemu_img_reads_it))),
        new("vmdk", "a compressed grain at the end of a disk that is no multiple of grains", In<VmdkTests>.Test(nameof(VmdkTests.A_compressed_grain_is_read_and_may_end_where_the_disk_does))),
        new("vmdk", "grains that are not of 64 KiB", In<VmdkTests>.Test(nameof(VmdkTests.Grains_are_found_by_directory_and_table))),
        new("vmdk", "descriptors inside extents, and of their own with extents of all kinds", In<VmdkConversionTests>.Test(nameof(VmdkConversionTests.An_image_reads_as_qemu_img_reads_it)), In<VmdkTests>.Test(nameof(VmdkTests.A_descriptor_joins_extents_of_all_kinds))),
        new("vmdk", "compressed grains that claim to be larger or are shorter than they can be", In<VmdkTests>.Test(nameof(VmdkTests.An_impossible_compressed_grain_is_refused)), In<VmdkTests>.Test(nameof(VmdkTests.A_compressed_grain_that_is_too_short_is_refused))),
        new("vmdk", "a disk in very many extents", In<Sources.Caching.CacheMemoryTests>.Test(nameof(Sources.Caching.CacheMemoryTests.A_disk_of_many_extents_is_read_in_the_memory_of_one)), In<VmdkTests>.Test(nameof(VmdkTests.A_descriptor_of_too_many_extents_is_refused))),
        new("vhdx", "of two headers the newer sound one", In<VhdxTests>.Test(nameof(VhdxTests.The_header_with_the_higher_sequence_number_counts)), In<VhdxTests>.Test(nameof(VhdxTests.One_good_header_and_one_good_region_table_are_enough))),
        new("vhdx", "the log is replayed", In<Formats.Vhdx.LogReplayTests>.Test(nameof(Formats.Vhdx.LogReplayTests.A_table_that_is_only_in_the_log_is_found_there_as_qemu_img_finds_it)), In<Formats.Vhdx.LogReplayTests>.Test(nameof(Formats.Vhdx.LogReplayTests.Entries_of_another_log_or_with_a_wrong_checksum_or_sequence_are_not_applied))),
        new("vhdx", "bitmap entries between the others of the block table", In<VhdxTests>.Test(nameof(VhdxTests.Blocks_after_the_entries_of_bitmaps_are_found))),
        new("vhdx", "states of blocks, and partly present ones by their bitmap", In<VhdxTests>.Test(nameof(VhdxTests.Blocks_without_content_read_as_zeros)), In<VhdxTests>.Test(nameof(VhdxTests.A_differencing_image_shows_its_parent_through_sectors_that_are_not_present)), In<VhdxTests>.Test(nameof(VhdxTests.States_that_a_block_cannot_have_are_refused))),
        new("vhdx", "parents by relative and absolute paths", In<VhdxTests>.Test(nameof(VhdxTests.Of_an_absolute_path_to_the_parent_the_file_name_is_taken)), In<VhdxTests>.Test(nameof(VhdxTests.A_parent_that_was_written_to_since_is_refused))),
        new("vhdx", "sectors of 4096 bytes", In<VhdxTests>.Test(nameof(VhdxTests.A_differencing_image_shows_its_parent_through_sectors_that_are_not_present))),
        new("vhd", "a footer of 511 bytes", In<VhdTests>.Test(nameof(VhdTests.A_footer_of_511_bytes_is_read))),
        new("vhd", "the size counts and not the geometry", In<VhdTests>.Test(nameof(VhdTests.The_current_size_counts_and_not_that_of_the_geometry))),
        new("vhd", "sector bitmaps", In<VhdTests>.Test(nameof(VhdTests.Sectors_that_were_never_written_read_as_zeros_whatever_is_stored_there))),
        new("vhd", "differencing disks and their locators", In<VhdTests>.Test(nameof(VhdTests.A_differencing_image_shows_its_parent_where_it_was_never_written_to)), In<VhdTests>.Test(nameof(VhdTests.A_parent_locator_outside_the_image_is_refused))),
        new("vhd", "the copy of the footer at the start", In<VhdTests>.Test(nameof(VhdTests.A_damaged_footer_is_replaced_by_its_copy_at_the_start_with_a_warning))),
        new("vhd", "a guest that writes the signature of another format", In<VhdTests>.Test(nameof(VhdTests.A_fixed_disk_whose_guest_wrote_another_signature_is_what_it_was_declared_to_be))),
        new("vdi", "free and zero blocks", In<VdiTests>.Test(nameof(VdiTests.Free_and_zero_blocks_read_as_zeros_and_blocks_lie_in_any_order))),
        new("vdi", "extra bytes before blocks", In<VdiTests>.Test(nameof(VdiTests.Extra_bytes_before_each_block_are_skipped))),
        new("vdi", "types of image", In<VdiTests>.Test(nameof(VdiTests.Other_types_of_image_are_refused_by_name)), In<VdiTests>.Test(nameof(VdiTests.A_differencing_image_shows_its_parent_through_free_blocks_only))),
        new("vdi", "the modification of the parent that a differencing image was made of", In<VdiTests>.Test(nameof(VdiTests.A_parent_that_was_written_to_since_is_refused))),
        new("raw", "images compressed as a whole", In<ImageFormatTests>.Test(nameof(ImageFormatTests.An_image_that_was_compressed_as_a_whole_is_named_and_not_taken_for_an_empty_disk)), In<ImageFormatTests>.Test(nameof(ImageFormatTests.A_disk_that_a_computer_boots_from_is_raw_whatever_it_begins_with))),
    ];
}
