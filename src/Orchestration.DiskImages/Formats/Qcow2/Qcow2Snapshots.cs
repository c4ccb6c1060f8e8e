using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Qcow2;

/// <summary>The table of internal snapshots. Rules: QEMU, docs/interop/qcow2.txt, "Snapshots".</summary>
internal static class Qcow2Snapshots
{
    private const int EntryLength = 40;
    private const int MaximumSnapshots = 65_536;
    private const int MaximumExtraLength = 1024;
    private const int SizesLength = 16;

    /// <summary>The snapshots of an image, and the header that each makes of the image's own.</summary>
    /// <exception cref="DiskImageException">The table is damaged.</exception>
    public static IReadOnlyList<(ImageSnapshot Snapshot, Func<Qcow2Header> Header)> Read(IByteSource source, Qcow2Header header)
    {
        if (header.SnapshotCount > MaximumSnapshots)
        {
            throw new DiskImageException(DiskImageError.LimitExceeded, Qcow2Header.Layer, 60, $"{header.SnapshotCount} snapshots; at most {MaximumSnapshots} are allowed");
        }

        var snapshots = new List<(ImageSnapshot, Func<Qcow2Header>)>();
        var offset = header.SnapshotsOffset;
        for (var number = 0; number < header.SnapshotCount; number++)
        {
            var entry = source.ReadBytes(offset, EntryLength);
            var idLength = BinaryPrimitives.ReadUInt16BigEndian(entry.AsSpan(12));
            var nameLength = BinaryPrimitives.ReadUInt16BigEndian(entry.AsSpan(14));
            var extraLength = BinaryPrimitives.ReadUInt32BigEndian(entry.AsSpan(36));
            if (extraLength > MaximumExtraLength)
            {
                throw Qcow2Header.Corrupt(offset + 36, $"snapshot {number} has {extraLength} bytes of extra data; at most {MaximumExtraLength} are allowed");
            }

            var rest = source.ReadBytes(offset + EntryLength, (int)extraLength + idLength + nameLength);
            var size = extraLength >= SizesLength ? BinaryPrimitives.ReadInt64BigEndian(rest.AsSpan(8)) : header.VirtualSize;
            if (size < 0)
            {
                throw Qcow2Header.Corrupt(offset + EntryLength + 8, $"snapshot {number} has a disk of {(ulong)size} bytes, more than 2^63");
            }

            var snapshot = new ImageSnapshot(
                Encoding.UTF8.GetString(rest, (int)extraLength, idLength),
                Encoding.UTF8.GetString(rest, (int)extraLength + idLength, nameLength),
                DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(entry.AsSpan(16))),
                size);
            snapshots.Add((snapshot, () => header.WithTable(
                BinaryPrimitives.ReadInt64BigEndian(entry), BinaryPrimitives.ReadUInt32BigEndian(entry.AsSpan(8)), size, source.Length)));
            offset += (EntryLength + rest.Length + 7) & ~7;
        }

        return snapshots;
    }
}
