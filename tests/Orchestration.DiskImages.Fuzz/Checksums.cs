using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using Orchestration.DiskImages.Checksums;
using Orchestration.DiskImages.Formats.Vhd;
using Orchestration.DiskImages.Formats.Vhdx;
using Orchestration.DiskImages.Volumes.Raid;

namespace Orchestration.DiskImages.Fuzz;

/// <summary>Makes the checksums of damaged images right again, wherever a signature shows a structure that has one.</summary>
internal static class Checksums
{
    public static Action<byte[]>? RepairFor(string seed) => seed switch
    {
        "exfat" => RepairExFat,
        "gpt" => RepairGpt,
        "luks2" => RepairLuks,
        "lvm" => RepairLvm,
        "md" => RepairMd,
        "vhd" => RepairVhd,
        "vhdx" => RepairVhdx,
        _ => null,
    };

    private static void RepairExFat(byte[] bytes)
    {
        const int Sector = 512;
        const int Region = 11 * Sector;
        for (var start = 0; start <= 12 * Sector && start + Region + Sector <= bytes.Length; start += 12 * Sector)
        {
            uint sum = 0;
            for (var at = 0; at < Region; at++)
            {
                sum = at is 0x6a or 0x6b or 0x70 ? sum : (sum << 31 | sum >> 1) + bytes[start + at];
            }

            for (var at = 0; at < Sector; at += sizeof(uint))
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(start + Region + at), sum);
            }
        }

        // Sets of directory entries: one of a file, then one of its content.
        for (var at = 0; at + 64 <= bytes.Length; at += 32)
        {
            var length = (bytes[at + 1] + 1) * 32;
            if (bytes[at] == 0x85 && bytes[at + 32] == 0xc0 && at + length <= bytes.Length)
            {
                ushort sum = 0;
                for (var within = 0; within < length; within++)
                {
                    sum = within is 2 or 3 ? sum : (ushort)((ushort)(sum << 15 | sum >> 1) + bytes[at + within]);
                }

                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at + 2), sum);
            }
        }
    }

    private static void RepairGpt(byte[] bytes) => ForEach(bytes, "EFI PART"u8, 512, (all, at) =>
    {
        var header = all.AsSpan(at);
        var table = BinaryPrimitives.ReadInt64LittleEndian(header[72..]) * 512;
        var length = (long)BinaryPrimitives.ReadUInt32LittleEndian(header[80..]) * BinaryPrimitives.ReadUInt32LittleEndian(header[84..]);
        if (table > 0 && length > 0 && length < all.Length && table < all.Length - length)
        {
            Crc32.Hash(all.AsSpan((int)table, (int)length)).CopyTo(header[88..]);
        }

        header.Slice(16, 4).Clear();
        Crc32.Hash(header[..92]).CopyTo(header[16..]);
    });

    private static void RepairLuks(byte[] bytes)
    {
        foreach (var start in (int[])[0, 16384])
        {
            var length = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(start + 8));
            if (length is >= 4096 and <= 1 << 22)
            {
                var header = bytes.AsSpan(start, (int)length);
                header.Slice(448, 64).Clear();
                SHA256.HashData(header).CopyTo(header[448..]);
            }
        }
    }

    private static void RepairLvm(byte[] bytes)
    {
        ForEach(bytes, "LABELONE"u8, 512, (all, at) => BinaryPrimitives.WriteUInt32LittleEndian(all.AsSpan(at + 16), Crc32Lvm.Compute(all.AsSpan(at + 20, 492))));
        ForEach(bytes, " LVM2 x[5A%r0N*>"u8, 512, (all, at) =>
        {
            var area = at - 4;
            var text = BinaryPrimitives.ReadInt64LittleEndian(all.AsSpan(area + 40));
            var length = BinaryPrimitives.ReadInt64LittleEndian(all.AsSpan(area + 48));
            if (text > 0 && length > 0 && length < all.Length && text < all.Length - area - length)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(all.AsSpan(area + 56), Crc32Lvm.Compute(all.AsSpan(area + (int)text, (int)length)));
            }

            BinaryPrimitives.WriteUInt32LittleEndian(all.AsSpan(area), Crc32Lvm.Compute(all.AsSpan(area + 4, 508)));
        });
        RepairThin(bytes);
    }

    // Blocks of a thin pool's metadata have their own number; whatever block claims to be one gets its checksum.
    private static void RepairThin(byte[] bytes)
    {
        for (var at = 0; at + 4096 <= bytes.Length; at += 4096)
        {
            var block = bytes.AsSpan(at, 4096);
            var isSuperblock = BinaryPrimitives.ReadUInt64LittleEndian(block[32..]) == 27022010;
            var isNode = BinaryPrimitives.ReadUInt32LittleEndian(block[4..]) is 1 or 2 && BinaryPrimitives.ReadUInt32LittleEndian(block[20..]) is > 0 and <= 254;
            if (isSuperblock || isNode)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(block, Crc32C.Append(uint.MaxValue, block[4..]) ^ (isSuperblock ? 160774u : 121107u));
            }
        }
    }

    private static void RepairMd(byte[] bytes) => ForEach(bytes, [0xfc, 0x4e, 0x2b, 0xa9], 4, (all, at) =>
    {
        var isOld = BinaryPrimitives.ReadUInt32LittleEndian(all.AsSpan(at + 4)) == 0;
        var length = isOld ? 4096 : 256 + 2 * (int)Math.Min(1920, BinaryPrimitives.ReadUInt32LittleEndian(all.AsSpan(Math.Min(at + 220, all.Length - 4))));
        if (at + length <= all.Length)
        {
            var checksum = all.AsSpan(at + (isOld ? 152 : 216), 4);
            checksum.Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(checksum, MdSuperblock.Sum(all.AsSpan(at, length)));
        }
    });

    private static void RepairVhd(byte[] bytes)
    {
        ForEach(bytes, "conectix"u8, 512, (all, at) => BinaryPrimitives.WriteUInt32BigEndian(all.AsSpan(at + 64), VhdFooter.ComputeChecksum(all.AsSpan(at, 512), 64)));
        ForEach(bytes, "cxsparse"u8, 1024, (all, at) => BinaryPrimitives.WriteUInt32BigEndian(all.AsSpan(at + 36), VhdFooter.ComputeChecksum(all.AsSpan(at, 1024), 36)));
    }

    private static void RepairVhdx(byte[] bytes)
    {
        ForEach(bytes, "head"u8, 4096, SealVhdx(4096));
        ForEach(bytes, "regi"u8, 65536, SealVhdx(65536));
    }

    private static Action<byte[], int> SealVhdx(int length) => (all, at) =>
        BinaryPrimitives.WriteUInt32LittleEndian(all.AsSpan(at + 4), VhdxFormat.ComputeChecksum(all.AsSpan(at, length)));

    private static void ForEach(byte[] bytes, ReadOnlySpan<byte> signature, int length, Action<byte[], int> repair)
    {
        for (var at = 0; at + length <= bytes.Length; at += signature.Length)
        {
            var next = bytes.AsSpan(at).IndexOf(signature);
            if (next < 0 || at + next + length + 512 > bytes.Length + 512)
            {
                return;
            }

            at += next;
            if (at >= 4 && at + Math.Max(length, 512) <= bytes.Length)
            {
                repair(bytes, at);
            }
        }
    }
}
