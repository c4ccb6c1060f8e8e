using System.Buffers.Binary;
using Orchestration.DiskImages.Tests.Support;

namespace Orchestration.DiskImages.Tests.FileSystems.Xfs;

/// <summary>Repairs the checksums of a damaged image, so that the damage gets past them.</summary>
internal static class XfsChecksums
{
    private const int BlockSize = 1024;
    private const int InodeSize = 512;

    /// <param name="bytes">A volume with blocks of 1024 bytes and inodes of 512.</param>
    public static void Repair(byte[] bytes)
    {
        for (var offset = 0; offset + BlockSize <= bytes.Length; offset += InodeSize)
        {
            var structure = bytes.AsSpan(offset, BlockSize);
            if (structure.StartsWith("IN"u8))
            {
                StructureChecksum.SealCrc32C(structure[..InodeSize], 100);
            }
            else if (offset % BlockSize == 0 && FieldOf(structure) is { } field)
            {
                StructureChecksum.SealCrc32C(field == 224 ? structure[..512] : structure, field);
            }
        }
    }

    private static int? FieldOf(ReadOnlySpan<byte> block) => BinaryPrimitives.ReadUInt32BigEndian(block) switch
    {
        0x58465342 => 224,
        0x424d4133 => 64,
        0x58444233 or 0x58444433 => 4,
        0x58534c4d or 0x5841524d => 12,
        _ => BinaryPrimitives.ReadUInt16BigEndian(block[8..]) is 0x3ebe or 0x3bee ? 12 : null,
    };
}
