using Orchestration.DiskImages.FileSystems.Btrfs.Trees;

namespace Orchestration.DiskImages.FileSystems.Btrfs.Files;

/// <summary>Reads the data of files and verifies its checksums, of which there is one for each sector. Thread-safe.</summary>
/// <param name="volume">The volume.</param>
/// <param name="trees">Where checksums stand: those that were only logged, then those committed.</param>
internal sealed class DataChecksums(BtrfsVolume volume, IReadOnlyList<BtrfsTree> trees)
{
    private const ulong ChecksumObject = unchecked((ulong)-10);

    private readonly int _sectorSize = volume.Superblock.SectorSize;
    private readonly int _length = volume.Superblock.Checksum.Length;

    /// <summary>Fills the buffer. A sector with a wrong checksum is read from another copy; sectors without checksum are taken as they are.</summary>
    /// <exception cref="DiskImageException">No copy of a sector has the right checksum, or the bytes cannot be had.</exception>
    public void Read(ulong logical, Span<byte> buffer)
    {
        var before = (int)(logical % (ulong)_sectorSize);
        var whole = (before + buffer.Length + _sectorSize - 1) / _sectorSize * _sectorSize;
        if (before == 0 && whole == buffer.Length)
        {
            ReadSectors(logical, buffer);
            return;
        }

        var sectors = new byte[whole];
        ReadSectors(logical - (ulong)before, sectors);
        sectors.AsSpan(before, buffer.Length).CopyTo(buffer);
    }

    /// <summary>Asks for the checksums of data that will be read.</summary>
    public void Prefetch(IEnumerable<ulong> logicals)
    {
        var keys = logicals.Select(KeyOf).ToList();
        foreach (var tree in trees)
        {
            tree.PrefetchLeaves(keys);
        }
    }

    private void ReadSectors(ulong logical, Span<byte> sectors)
    {
        volume.Chunks.Read(logical, sectors);
        foreach (var (position, expected) in FindChecksums(logical, sectors.Length))
        {
            var sector = sectors.Slice(position, _sectorSize);
            if (!IsRight(sector, expected.Span))
            {
                ReadOtherCopy(logical + (ulong)position, sector, expected.Span);
            }
        }
    }

    private void ReadOtherCopy(ulong logical, Span<byte> sector, ReadOnlySpan<byte> expected)
    {
        var copies = volume.Chunks.CopyCount(logical);
        for (var copy = 0; copy < copies; copy++)
        {
            try
            {
                volume.Chunks.Read(logical, sector, copy);
            }
            catch (DiskImageException exception) when (exception.Error is DiskImageError.Unsupported or DiskImageError.Corrupt)
            {
                // The next copy may be on a device that is there.
                continue;
            }

            if (IsRight(sector, expected))
            {
                volume.Warnings.Add("a copy of the data of a file has a wrong checksum, another is right");
                return;
            }
        }

        throw BtrfsVolume.Corrupt((long)logical, $"the data has a wrong checksum ({volume.Superblock.Checksum}) in all {copies} copies");
    }

    private bool IsRight(ReadOnlySpan<byte> sector, ReadOnlySpan<byte> expected)
    {
        Span<byte> computed = stackalloc byte[BtrfsChecksums.FieldLength];
        volume.Superblock.Checksum.Compute(sector, computed);
        return computed[.._length].SequenceEqual(expected);
    }

    // Checksums that cannot be read leave the data unverified, which is better than no data.
    private Dictionary<int, ReadOnlyMemory<byte>> FindChecksums(ulong logical, int length)
    {
        var found = new Dictionary<int, ReadOnlyMemory<byte>>();
        foreach (var tree in trees)
        {
            try
            {
                foreach (var item in tree.ReadFromBefore(KeyOf(logical), KeyOf(logical + (ulong)length - 1)).Where(item => item.Key is { Object: ChecksumObject, Type: ItemType.DataChecksum }))
                {
                    Collect(item, logical, length, found);
                }
            }
            catch (DiskImageException exception) when (exception.Error == DiskImageError.Corrupt)
            {
                volume.Warnings.Add($"checksums of data cannot be read, the data is shown without: {exception.Rule}");
            }
        }

        return found;
    }

    private void Collect(TreeItem item, ulong logical, int length, Dictionary<int, ReadOnlyMemory<byte>> found)
    {
        var sector = (ulong)_sectorSize;
        var first = logical > item.Key.Offset ? (logical - item.Key.Offset) / sector : 0;
        for (var index = first; index < (ulong)(item.Bytes.Length / _length) && item.Key.Offset + index * sector < logical + (ulong)length; index++)
        {
            var position = (long)(item.Key.Offset + index * sector - logical);
            if (position >= 0 && position <= length - _sectorSize)
            {
                found.TryAdd((int)position, item.Bytes.Slice((int)index * _length, _length));
            }
        }
    }

    private static BtrfsKey KeyOf(ulong logical) => new(ChecksumObject, ItemType.DataChecksum, logical);
}
