using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.DiskImages.Volumes;

namespace Orchestration.DiskImages.Tests.Volumes;

/// <summary>A small disk with boot records and GUID partition tables written by hand.</summary>
internal sealed class DiskBuilder(int length)
{
    public static readonly Guid LinuxData = new("0fc63daf-8483-4772-8e79-3d69d8477de4");
    public static readonly Guid DiskId = new("11111111-2222-3333-4444-555555555555");

    private readonly byte[] _bytes = new byte[length];

    /// <summary>Writes one entry of the boot record in the given sector of 512 bytes, and its signature.</summary>
    public DiskBuilder BootEntry(long sector, int slot, byte type, uint start, uint count, byte flag = 0)
    {
        var record = _bytes.AsSpan((int)sector * 512, 512);
        record[510] = 0x55;
        record[511] = 0xaa;
        var entry = record.Slice(446 + slot * 16, 16);
        entry[0] = flag;
        entry[4] = type;
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], start);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], count);
        return this;
    }

    public DiskBuilder Signature(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(440), value);
        return this;
    }

    /// <summary>A protective MBR, and both copies of a GPT with these partitions, given by first and last sector.</summary>
    public DiskBuilder Gpt(int sectorSize, int entryLength, params (long First, long Last, string Name)[] partitions)
    {
        BootEntry(0, 0, 0xee, 1, uint.MaxValue);
        var table = new byte[entryLength * 16];
        for (var i = 0; i < partitions.Length; i++)
        {
            var entry = table.AsSpan(i * entryLength, entryLength);
            LinuxData.TryWriteBytes(entry);
            new Guid(i + 1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]).TryWriteBytes(entry[16..]);
            BinaryPrimitives.WriteInt64LittleEndian(entry[32..], partitions[i].First);
            BinaryPrimitives.WriteInt64LittleEndian(entry[40..], partitions[i].Last);
            Encoding.Unicode.GetBytes(partitions[i].Name).CopyTo(entry[56..]);
        }

        var tableSectors = (table.Length + sectorSize - 1) / sectorSize;
        var last = _bytes.Length / sectorSize - 1;
        WriteHeader(sectorSize, 1, last, 2, entryLength, table);
        WriteHeader(sectorSize, last, 1, last - tableSectors, entryLength, table);
        return this;
    }

    public DiskBuilder Flip(int offset)
    {
        _bytes[offset] ^= 0xff;
        return this;
    }

    public MemoryByteSource Build() => new(_bytes);

    public PartitionTable Read() => PartitionTable.Read(Build());

    private void WriteHeader(int sectorSize, long self, long alternate, long tableSector, int entryLength, byte[] table)
    {
        table.CopyTo(_bytes.AsSpan((int)tableSector * sectorSize));
        var header = _bytes.AsSpan((int)self * sectorSize, 92);
        "EFI PART"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], 0x10000);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], 92);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], self);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], alternate);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], 2);
        BinaryPrimitives.WriteInt64LittleEndian(header[48..], _bytes.Length / sectorSize);
        DiskId.TryWriteBytes(header[56..]);
        BinaryPrimitives.WriteInt64LittleEndian(header[72..], tableSector);
        BinaryPrimitives.WriteUInt32LittleEndian(header[80..], 16);
        BinaryPrimitives.WriteUInt32LittleEndian(header[84..], (uint)entryLength);
        Crc32.Hash(table).CopyTo(header[88..]);
        header.Slice(16, 4).Clear();
        Crc32.Hash(header).CopyTo(header[16..]);
    }
}
