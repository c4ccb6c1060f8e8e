using Orchestration.DiskImages.Tests.FileSystems.Btrfs;
using Orchestration.DiskImages.Tests.FileSystems.Ext;
using Orchestration.DiskImages.Tests.FileSystems.Ext.Journal;
using Orchestration.DiskImages.Tests.FileSystems.Fat;
using Orchestration.DiskImages.Tests.FileSystems.Iso9660;
using Orchestration.DiskImages.Tests.FileSystems.Ntfs;
using Orchestration.DiskImages.Tests.FileSystems.SquashFs;
using Orchestration.DiskImages.Tests.FileSystems.Xfs;
using NtfsDriver = Orchestration.DiskImages.Tests.FileSystems.Ntfs.DriverComparisonTests;

namespace Orchestration.DiskImages.Tests.Pitfalls;

/// <summary>Pitfalls of file systems.</summary>
internal static class FileSystemPitfalls
{
    public static readonly Pitfall[] All =
    [
        new("ext", "descriptors of 64 bytes, meta_bg, sparse_super2, flex_bg, uninit_bg, checksum seeds, orphan files, 128-byte inodes, bigalloc, inline data", In<ExtFeatureTests>.Test(nameof(ExtFeatureTests.A_tree_written_by_mke2fs_is_read_back))),
        new("ext", "unknown incompatible features are refused by name", In<ExtDamageTests>.Test(nameof(ExtDamageTests.Incompatible_features_that_cannot_be_read_are_named))),
        new("ext", "checksums of superblock, inodes and directories", In<ExtDamageTests>.Test(nameof(ExtDamageTests.A_superblock_with_a_wrong_checksum_is_refused)), In<ExtDamageTests>.Test(nameof(ExtDamageTests.An_inode_with_a_wrong_checksum_is_refused_and_the_others_are_read)), In<ExtDamageTests>.Test(nameof(ExtDamageTests.A_directory_block_with_a_wrong_checksum_is_refused))),
        new("ext", "depth, entries and magic number of extent trees", In<ExtDamageTests>.Test(nameof(ExtDamageTests.Broken_extent_trees_are_refused)), In<ExtDamageTests>.Test(nameof(ExtDamageTests.An_extent_index_that_points_to_itself_is_refused))),
        new("ext", "unwritten extents read as zeros, times after 2038", In<FileSystems.Ext.KernelComparisonTests>.Test(nameof(FileSystems.Ext.KernelComparisonTests.Fragmented_unwritten_and_late_dated_files_read_as_the_kernel_shows_them))),
        new("ext", "attributes in inodes, blocks and inodes of their own", In<ExtendedAttributesTests>.Test(nameof(ExtendedAttributesTests.Small_and_large_attributes_are_read)), In<ExtendedAttributesTests>.Test(nameof(ExtendedAttributesTests.A_value_that_does_not_fit_a_block_is_read_from_an_inode_of_its_own))),
        new("ext", "directories that fold case, and encrypted ones", In<ExtDamageTests>.Test(nameof(ExtDamageTests.Names_are_compared_exactly_but_for_directories_that_fold_case)), In<ExtDamageTests>.Test(nameof(ExtDamageTests.Encrypted_files_and_directories_are_refused_by_name))),
        new("ext", "the journal: revoked blocks, escaped blocks, the first bad commit", In<JournalReplayTests>.Test(nameof(JournalReplayTests.A_block_revoked_later_is_not_replayed)), In<JournalReplayTests>.Test(nameof(JournalReplayTests.Content_that_begins_with_the_journals_magic_number_is_restored)), In<JournalReplayTests>.Test(nameof(JournalReplayTests.A_transaction_without_its_commit_block_is_not_replayed)), In<JournalReplayTests>.Test(nameof(JournalReplayTests.The_tree_is_the_one_that_e2fsck_leaves_after_replaying))),
        new("ext", "a journal on another device", In<JournalReplayTests>.Test(nameof(JournalReplayTests.A_dirty_journal_on_another_device_is_warned_of))),
        new("ext", "fast commits", In<FileSystems.Ext.KernelComparisonTests>.Test(nameof(FileSystems.Ext.KernelComparisonTests.Fast_commits_that_are_not_replayed_are_warned_of))),
        new("ext", "short links in the inode and long ones in blocks, times beyond 2038, owners of 32 bits", In<FileSystems.Ext.KernelComparisonTests>.Test(nameof(FileSystems.Ext.KernelComparisonTests.A_tree_written_by_the_kernel_is_read_back))),
        new("ext", "a copy of a mounted file system", In<FileSystems.Ext.KernelComparisonTests>.Test(nameof(FileSystems.Ext.KernelComparisonTests.An_image_copied_while_the_kernel_writes_to_it_is_seen_as_mounting_the_copy_would_show_it))),
        new("ext", "errors, and a volume that is too short", In<ExtDamageTests>.Test(nameof(ExtDamageTests.Errors_and_a_volume_that_is_too_short_are_warned_of))),
        new("xfs", "versions 4 and 5, sparse inodes, directory blocks larger than blocks, bigtime, nrext64, forks of every kind", In<Version4Tests>.Test(nameof(Version4Tests.A_tree_described_to_mkfs_is_read_back)), In<FileSystems.Xfs.KernelComparisonTests>.Test(nameof(FileSystems.Xfs.KernelComparisonTests.A_tree_written_by_the_kernel_is_read_back))),
        new("xfs", "what cannot be read is refused by name: needs repair, metadata directories, zones", In<XfsDamageTests>.Test(nameof(XfsDamageTests.Incompatible_features_that_cannot_be_read_are_named)), In<XfsDamageTests>.Test(nameof(XfsDamageTests.A_real_time_file_is_refused_by_name))),
        new("xfs", "checksums", In<XfsDamageTests>.Test(nameof(XfsDamageTests.A_superblock_with_a_wrong_checksum_is_refused)), In<XfsDamageTests>.Test(nameof(XfsDamageTests.An_inode_with_a_wrong_checksum_is_refused))),
        new("xfs", "the log is replayed, also where it went round", In<FileSystems.Xfs.Log.LogReplayTests>.Test(nameof(FileSystems.Xfs.Log.LogReplayTests.A_file_system_shut_down_at_once_is_read_as_the_kernel_recovers_it)), In<FileSystems.Xfs.Log.LogReplayTests>.Test(nameof(FileSystems.Xfs.Log.LogReplayTests.A_log_that_went_round_several_times_is_replayed_from_its_tail))),
        new("xfs", "another UUID than the one in its structures, and a log that a tool cleared", In<XfsDamageTests>.Test(nameof(XfsDamageTests.A_file_system_that_was_given_another_uuid_keeps_the_first_in_its_structures))),
        new("btrfs", "copies of the superblock", In<BtrfsDamageTests>.Test(nameof(BtrfsDamageTests.A_damaged_superblock_is_replaced_by_its_copy))),
        new("btrfs", "every profile, over several devices, with devices missing", In<BtrfsDeviceTests>.Test(nameof(BtrfsDeviceTests.A_tree_over_several_devices_is_read_back)), In<BtrfsDeviceTests>.Test(nameof(BtrfsDeviceTests.A_mirror_is_read_with_a_device_missing_and_says_so)), In<BtrfsDeviceTests>.Test(nameof(BtrfsDeviceTests.Stripes_on_a_missing_device_are_refused_by_its_number))),
        new("btrfs", "the default subvolume, and where others and snapshots hang", In<FileSystems.Btrfs.KernelComparisonTests>.Test(nameof(FileSystems.Btrfs.KernelComparisonTests.The_default_subvolume_is_the_root_and_the_top_level_can_be_opened)), In<FileSystems.Btrfs.KernelComparisonTests>.Test(nameof(FileSystems.Btrfs.KernelComparisonTests.Subvolumes_and_snapshots_hang_where_the_kernel_shows_them))),
        new("btrfs", "compressed, inline and preallocated extents, holes with and without items, node sizes", In<FileSystems.Btrfs.KernelComparisonTests>.Test(nameof(FileSystems.Btrfs.KernelComparisonTests.A_tree_written_by_the_kernel_is_read_back))),
        new("btrfs", "checksums of nodes and data, of every kind", In<BtrfsDamageTests>.Test(nameof(BtrfsDamageTests.Nodes_whose_first_copy_is_damaged_are_read_from_the_second)), In<BtrfsDamageTests>.Test(nameof(BtrfsDamageTests.Data_with_a_wrong_checksum_is_refused)), In<BtrfsDamageTests>.Test(nameof(BtrfsDamageTests.Data_whose_first_copy_is_damaged_is_read_from_the_second))),
        new("btrfs", "the log of what was synced", In<FileSystems.Btrfs.LogReplayTests>.Test(nameof(FileSystems.Btrfs.LogReplayTests.What_was_synced_is_shown_as_the_kernel_shows_it)), In<FileSystems.Btrfs.LogReplayTests>.Test(nameof(FileSystems.Btrfs.LogReplayTests.A_log_that_is_damaged_leaves_what_was_committed_and_says_so))),
        new("btrfs", "unknown incompatible features are refused by name", In<BtrfsDamageTests>.Test(nameof(BtrfsDamageTests.Incompatible_features_that_cannot_be_read_are_named))),
        new("btrfs", "parity of RAID 5 and 6 for what is missing or damaged", In<BtrfsDeviceTests>.Test(nameof(BtrfsDeviceTests.A_tree_is_read_back_while_copies_or_parity_make_up_for_missing_devices)), In<BtrfsDeviceTests>.Test(nameof(BtrfsDeviceTests.What_is_damaged_on_one_device_is_restored_by_parity_and_told_of)), In<BtrfsDeviceTests>.Test(nameof(BtrfsDeviceTests.Damaged_data_of_raid6_is_restored_by_one_parity_where_the_other_is_damaged_too)), In<BtrfsDeviceTests>.Test(nameof(BtrfsDeviceTests.More_missing_devices_than_there_is_parity_for_are_refused_by_number))),
        new("btrfs", "names and attributes whose hashes collide", In<FileSystems.Btrfs.KernelComparisonTests>.Test(nameof(FileSystems.Btrfs.KernelComparisonTests.Names_and_attributes_whose_hashes_collide_are_all_found))),
        new("ntfs", "fixups", In<NtfsDamageTests>.Test(nameof(NtfsDamageTests.A_file_record_that_was_not_wholly_written_is_refused))),
        new("ntfs", "attribute lists, sparse and compressed runs", In<NtfsDriver>.Test(nameof(NtfsDriver.A_tree_written_by_the_driver_is_read_back))),
        new("ntfs", "files compressed by the Overlay Filter", In<OverlayTests>.Test(nameof(OverlayTests.Compressed_system_files_are_read)), In<ElsewhereTests>.Test(nameof(ElsewhereTests.Files_that_the_overlay_filter_takes_from_an_archive_are_refused_by_name))),
        new("ntfs", "dirty volumes, and a log that is not replayed", In<NtfsDamageTests>.Test(nameof(NtfsDamageTests.A_volume_marked_as_dirty_is_warned_of)), In<NtfsDamageTests>.Test(nameof(NtfsDamageTests.A_log_with_changes_to_replay_is_warned_of))),
        new("ntfs", "the copy of the first records ($MFTMirr)", In<NtfsDamageTests>.Test(nameof(NtfsDamageTests.A_master_file_table_whose_first_record_is_damaged_is_found_by_its_copy))),
        new("ntfs", "hibernated systems", In<NtfsDamageTests>.Test(nameof(NtfsDamageTests.A_hibernated_system_is_warned_of))),
        new("ntfs", "encrypted files", In<ElsewhereTests>.Test(nameof(ElsewhereTests.Encrypted_files_are_refused_by_name))),
        new("ntfs", "names in any case, by the volume's own table", In<NtfsDriver>.Test(nameof(NtfsDriver.Names_are_found_in_any_case_and_by_their_short_forms))),
        new("ntfs", "links and junctions", In<NtfsDriver>.Test(nameof(NtfsDriver.Symbolic_links_and_junctions_lead_where_they_say))),
        new("ntfs", "files deduplicated, in the cloud or on other storage", In<ElsewhereTests>.Test(nameof(ElsewhereTests.Deduplicated_files_are_refused_by_name_and_the_others_are_read)), In<ElsewhereTests>.Test(nameof(ElsewhereTests.Files_whose_content_is_only_in_the_cloud_are_refused_by_name_and_not_read_as_zeros))),
        new("fat", "tables of 12, 16 and 32 bits, and chains in a circle", In<FatTests>.Test(nameof(FatTests.A_tree_written_by_mtools_is_read_back)), In<FatTests>.Test(nameof(FatTests.A_chain_of_clusters_that_is_a_circle_is_refused))),
        new("fat", "exFAT: the copy of the boot sector, checksums of entries", In<FileSystems.ExFat.DriverComparisonTests>.Test(nameof(FileSystems.ExFat.DriverComparisonTests.A_damaged_boot_sector_is_replaced_by_its_copy)), In<FileSystems.ExFat.DriverComparisonTests>.Test(nameof(FileSystems.ExFat.DriverComparisonTests.An_entry_with_a_wrong_checksum_is_not_shown_and_said_to_be_missing))),
        new("fat", "names in any case, long and short", In<FatTests>.Test(nameof(FatTests.Names_are_found_in_any_case_and_by_their_short_forms))),
        new("iso9660", "continuations in a circle, files in several records, moved directories", In<IsoDamageTests>.Test(nameof(IsoDamageTests.Entries_that_go_on_in_a_circle_are_refused)), In<IsoDamageTests>.Test(nameof(IsoDamageTests.The_parts_of_a_file_of_several_records_are_one_file)), In<ToolComparisonTests>.Test(nameof(ToolComparisonTests.A_tree_with_Rock_Ridge_is_read_back))),
        new("squashfs", "fragments, holes, every compression", In<FileSystems.SquashFs.KernelComparisonTests>.Test(nameof(FileSystems.SquashFs.KernelComparisonTests.A_tree_is_read_as_the_kernel_reads_it)), In<SquashFsDamageTests>.Test(nameof(SquashFsDamageTests.A_block_that_decompresses_to_less_than_the_file_has_is_refused))),
    ];
}
