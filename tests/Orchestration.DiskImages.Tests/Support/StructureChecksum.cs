using System.Buffers.Binary;
using Orchestration.DiskImages.Checksums;

namespace Orchestration.DiskImages.Tests.Support;

/// <summary>Makes structures valid again that a test has changed.</summary>
internal static class StructureChecksum
{
    /// <summary>Stores the CRC-32C of the structure in itself, little-endian; the field counts as zeros.</summary>
    public static void SealCrc32C(Span<byte> structure, int field)
    {
        structure.Slice(field, 4).Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(structure[field..], ~Crc32C.Append(uint.MaxValue, structure));
    }
}
