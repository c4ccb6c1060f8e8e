using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Btrfs;

namespace Orchestration.DiskImages.Fuzz;

/// <summary>Repairs the checksums of a damaged image, so that the damage gets past them.</summary>
public static class BtrfsChecksumRepair
{
    private const int BlockSize = 4096;

    /// <param name="bytes">A volume with nodes of 4096 bytes and CRC-32C.</param>
    public static void Repair(byte[] bytes)
    {
        const int Superblock = BtrfsSuperblock.Offset;
        if (bytes.Length < Superblock + BlockSize)
        {
            return;
        }

        var uuid = bytes.AsSpan(Superblock + 32, 16);
        for (var offset = Superblock; offset + BlockSize <= bytes.Length; offset += BlockSize)
        {
            var block = bytes.AsSpan(offset, BlockSize);
            if (block.Slice(32, 16).SequenceEqual(uuid))
            {
                BtrfsChecksum.Crc32C.Compute(block[BtrfsChecksums.FieldLength..], block);
            }
        }
    }

    /// <summary>The places where nodes of this generation or any other lie.</summary>
    public static IEnumerable<int> FindNodes(byte[] bytes, int nodeSize)
    {
        var uuid = bytes.AsSpan(BtrfsSuperblock.Offset + 32, 16).ToArray();
        for (var offset = BtrfsSuperblock.Offset + BlockSize; offset + nodeSize <= bytes.Length; offset += BlockSize)
        {
            if (bytes.AsSpan(offset + 32, 16).SequenceEqual(uuid) && BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(offset + 64)) != 0)
            {
                yield return offset;
            }
        }
    }
}
