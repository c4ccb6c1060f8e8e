using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using Orchestration.DiskImages.Checksums;

namespace Orchestration.DiskImages.FileSystems.Btrfs;

/// <summary>The checksum that a file system uses for everything (csum_type).</summary>
internal enum BtrfsChecksum : ushort
{
    Crc32C = 0,
    XxHash64 = 1,
    Sha256 = 2,
    Blake2b = 3,
}

internal static class BtrfsChecksums
{
    /// <summary>Bytes at the start of the superblock and of every node that hold the checksum of the rest.</summary>
    public const int FieldLength = 32;

    extension(BtrfsChecksum type)
    {
        /// <summary>Number of bytes of a checksum.</summary>
        public int Length => type switch { BtrfsChecksum.Crc32C => sizeof(uint), BtrfsChecksum.XxHash64 => sizeof(ulong), _ => FieldLength };
    }

    /// <summary>Whether the structure's checksum, at its start, is that of the rest.</summary>
    public static bool IsValid(this BtrfsChecksum type, ReadOnlySpan<byte> structure)
    {
        Span<byte> computed = stackalloc byte[FieldLength];
        var length = type.Compute(structure[FieldLength..], computed);
        return structure[..length].SequenceEqual(computed[..length]);
    }

    /// <summary>Returns the number of bytes of the checksum.</summary>
    public static int Compute(this BtrfsChecksum type, ReadOnlySpan<byte> bytes, Span<byte> checksum)
    {
        switch (type)
        {
            case BtrfsChecksum.Crc32C:
                BinaryPrimitives.WriteUInt32LittleEndian(checksum, ~Crc32C.Append(uint.MaxValue, bytes));
                return sizeof(uint);
            case BtrfsChecksum.XxHash64:
                BinaryPrimitives.WriteUInt64LittleEndian(checksum, XxHash64.HashToUInt64(bytes));
                return sizeof(ulong);
            case BtrfsChecksum.Sha256:
                return SHA256.HashData(bytes, checksum);
            default:
                Blake2b.Hash(bytes, checksum);
                return Blake2b.Length;
        }
    }
}
