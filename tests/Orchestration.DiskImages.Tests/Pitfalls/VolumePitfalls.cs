using Orchestration.DiskImages.Tests.FileSystems;
using Orchestration.DiskImages.Tests.Sources;
using Orchestration.DiskImages.Tests.Volumes;
using Orchestration.DiskImages.Tests.Volumes.Encryption;
using Orchestration.DiskImages.Tests.Volumes.Lvm;
using Orchestration.DiskImages.Tests.Volumes.Raid;

namespace Orchestration.DiskImages.Tests.Pitfalls;

/// <summary>Pitfalls of storage, partition tables and volume managers.</summary>
internal static class VolumePitfalls
{
    public static readonly Pitfall[] All =
    [
        new("blob", "an image that changes while it is read", In<BlobByteSourceTests>.Test(nameof(BlobByteSourceTests.A_blob_that_changes_while_it_is_read_is_noticed)), In<BlobByteSourceTests>.Test(nameof(BlobByteSourceTests.A_blob_that_is_deleted_while_it_is_read_is_noticed))),
        new("blob", "block blobs and page blobs, of any length", In<BlobByteSourceTests>.Test(nameof(BlobByteSourceTests.A_block_blob_is_read_in_parts)), In<BlobByteSourceTests>.Test(nameof(BlobByteSourceTests.A_page_blob_is_read_in_parts)), In<BlobByteSourceTests>.Test(nameof(BlobByteSourceTests.An_empty_blob_has_no_bytes))),
        new("blob", "a blob that is missing, and storage that does not answer", In<BlobByteSourceTests>.Test(nameof(BlobByteSourceTests.A_missing_blob_is_not_found)), In<BlobByteSourceTests>.Test(nameof(BlobByteSourceTests.A_service_that_does_not_answer_is_unavailable))),
        new("blob", "holes of page blobs", In<BlobByteSourceTests>.Test(nameof(BlobByteSourceTests.Holes_of_a_page_blob_are_not_fetched_once_they_are_known)), In<BlobByteSourceTests>.Test(nameof(BlobByteSourceTests.A_page_blob_without_data_reads_as_zeros))),
        new("blob", "a service that is busy, a connection that breaks", In<BlobFaultTests>.Test(nameof(BlobFaultTests.A_service_that_is_busy_for_a_moment_is_asked_again)), In<BlobFaultTests>.Test(nameof(BlobFaultTests.A_connection_that_breaks_within_an_answer_is_made_again))),
        new("blob", "the archive tier, and signatures that have expired", In<BlobFaultTests>.Test(nameof(BlobFaultTests.A_service_that_refuses_is_unavailable_and_says_why))),
        new("partitions", "the backup of a GPT", In<PartitionTableTests>.Test(nameof(PartitionTableTests.Damage_in_the_primary_header_or_entries_turns_to_the_backup)), In<PartitionTableTests>.Test(nameof(PartitionTableTests.A_gpt_with_both_copies_damaged_is_refused))),
        new("partitions", "entries of other sizes and sectors of 4096 bytes", In<PartitionTableTests>.Test(nameof(PartitionTableTests.A_gpt_is_read_whatever_its_sector_and_entry_size))),
        new("partitions", "hybrid MBRs", In<PartitionToolTests>.Test(nameof(PartitionToolTests.A_hybrid_mbr_is_read_as_the_gpt_that_it_announces))),
        new("partitions", "extended records in a circle", In<PartitionTableTests>.Test(nameof(PartitionTableTests.A_chain_of_extended_records_that_returns_to_itself_ends_with_a_warning))),
        new("partitions", "logical partitions in containers of every type", In<PartitionToolTests>.Test(nameof(PartitionToolTests.An_mbr_with_logical_partitions_is_numbered_as_the_kernel_does))),
        new("partitions", "partitions beyond the end", In<PartitionTableTests>.Test(nameof(PartitionTableTests.A_partition_that_goes_beyond_the_end_is_cut_and_one_that_begins_there_left_out))),
        new("partitions", "no table at all", In<PartitionTableTests>.Test(nameof(PartitionTableTests.A_disk_without_a_table_is_one_volume))),
        new("partitions", "a FAT boot sector is no table", In<PartitionTableTests>.Test(nameof(PartitionTableTests.The_boot_sector_of_a_fat_volume_is_not_mistaken_for_a_table))),
        new("partitions", "a GPT that no MBR announces", In<PartitionTableTests>.Test(nameof(PartitionTableTests.A_gpt_that_no_mbr_announces_does_not_count))),
        new("partitions", "installation media that are a file system and have a table", In<PartitionTableTests>.Test(nameof(PartitionTableTests.Installation_media_with_a_table_are_a_volume_as_a_whole_beside_their_partitions))),
        new("lvm", "a label in any of the first four sectors", In<PhysicalVolumeTests>.Test(nameof(PhysicalVolumeTests.A_label_may_stand_in_any_of_the_first_four_sectors))),
        new("lvm", "several metadata areas", In<LogicalVolumeTests>.Test(nameof(LogicalVolumeTests.A_damaged_first_copy_of_the_metadata_is_a_warning_and_the_second_is_used))),
        new("lvm", "metadata that wraps in its ring", In<PhysicalVolumeTests>.Test(nameof(PhysicalVolumeTests.A_text_that_reaches_the_end_of_its_ring_goes_on_after_the_header))),
        new("lvm", "unknown keys, comments, lists and escapes", In<PhysicalVolumeTests>.Test(nameof(PhysicalVolumeTests.Unknown_keys_comments_escapes_and_lists_over_lines_are_read))),
        new("lvm", "groups of which disks are missing", In<LogicalVolumeTests>.Test(nameof(LogicalVolumeTests.With_disks_missing_what_the_others_hold_is_read_and_the_rest_names_what_is_missing))),
        new("lvm", "every type of segment, thin ones too", In<LogicalVolumeTests>.Test(nameof(LogicalVolumeTests.Every_byte_of_a_volume_is_what_the_kernel_reads))),
        new("lvm", "types that cannot be read are named beside volumes that can, and hyphens doubled", In<LogicalVolumeTests>.Test(nameof(LogicalVolumeTests.A_volume_of_a_type_that_cannot_be_read_is_named_and_the_others_are_read))),
        new("lvm", "checksums of labels and texts", In<PhysicalVolumeTests>.Test(nameof(PhysicalVolumeTests.A_label_with_a_wrong_checksum_is_refused)), In<LogicalVolumeTests>.Test(nameof(LogicalVolumeTests.A_damaged_first_copy_of_the_metadata_is_a_warning_and_the_second_is_used))),
        new("md", "superblocks of every version and place", In<MdArrayTests>.Test(nameof(MdArrayTests.Every_byte_of_an_array_is_what_the_kernel_reads)), In<FileSystemDetectorTests>.Test(nameof(FileSystemDetectorTests.A_mirror_member_is_one_even_where_the_file_system_that_it_mirrors_shows))),
        new("md", "missing members", In<MdArrayTests>.Test(nameof(MdArrayTests.With_members_missing_an_array_is_read_while_every_chunk_has_a_copy_or_parity))),
        new("md", "members that were left behind", In<MdArrayTests>.Test(nameof(MdArrayTests.A_member_that_was_left_behind_is_named_and_not_read))),
        new("luks", "version 1 with its split keys", In<LuksTests>.Test(nameof(LuksTests.A_volume_of_version_1_holds_what_qemu_img_encrypted))),
        new("luks", "version 2, sectors of 4096 bytes", In<LuksTests>.Test(nameof(LuksTests.A_volume_of_version_2_holds_what_cryptsetup_encrypted))),
        new("luks", "detached headers", In<LuksTests>.Test(nameof(LuksTests.A_detached_header_is_named_and_not_taken_for_a_volume))),
        new("luks", "a cap on the memory of Argon2", In<LuksTests>.Test(nameof(LuksTests.A_key_slot_that_asks_for_too_much_memory_is_refused))),
        new("luks", "encrypted volumes are reported as such", In<LuksTests>.Test(nameof(LuksTests.Without_the_right_key_a_volume_is_encrypted_by_name))),
        new("luks", "other ciphers, several segments, authenticated encryption, encryption under way", In<LuksTests>.Test(nameof(LuksTests.What_cannot_be_decrypted_is_refused_by_name))),
        new("luks", "the second copy of a header", In<LuksTests>.Test(nameof(LuksTests.The_second_copy_of_a_header_is_used_where_the_first_is_damaged))),
    ];
}
