using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.Tests.Support.Sources;

namespace Orchestration.DiskImages.Tests.Formats.Qcow2;

/// <summary>A qcow2 image of clusters of 64 KiB: header, L1 table, one L2 table, then data clusters; any field can be overwritten.</summary>
internal sealed class Qcow2Builder
{
    public const int Cluster = 64 * 1024;

    /// <summary>Where things lie.</summary>
    public const int L1 = Cluster;
    public const int L2 = 2 * Cluster;
    public const int Data = 3 * Cluster;

    private readonly byte[] _bytes;
    private int _extensions = 104;

    public Qcow2Builder(int version = 3, long virtualSize = 4 * Cluster, int clusters = 8)
    {
        _bytes = new byte[clusters * Cluster];
        Set(0, 0x514649fbu).Set(4, (uint)version).Set(20, 16u).Set(24, (ulong)virtualSize).Set(36, 1u).Set(40, L1).Set(48, (ulong)Data);
        if (version == 3)
        {
            Set(96, 4u).Set(100, 104u);
        }
        else
        {
            _extensions = 72;
        }

        Set(L1, 0x8000_0000_0000_0000UL | L2);
    }

    public Qcow2Builder Set(int offset, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_bytes.AsSpan(offset), value);
        return this;
    }

    public Qcow2Builder Set(int offset, ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_bytes.AsSpan(offset), value);
        return this;
    }

    public Qcow2Builder Set(int offset, int value) => Set(offset, (ulong)value);

    /// <summary>The L2 entry of a virtual cluster.</summary>
    public Qcow2Builder Entry(int cluster, ulong entry) => Set(L2 + cluster * 8, entry);

    public Qcow2Builder Fill(int offset, int length, char content)
    {
        _bytes.AsSpan(offset, length).Fill((byte)content);
        return this;
    }

    public Qcow2Builder Extension(uint type, params byte[] content)
    {
        Set(_extensions, type).Set(_extensions + 4, (uint)content.Length);
        content.CopyTo(_bytes.AsSpan(_extensions + 8));
        _extensions += 8 + ((content.Length + 7) & ~7);
        return this;
    }

    public Qcow2Builder Backing(string name, string? format)
    {
        const int NameOffset = 4096;
        var bytes = Encoding.UTF8.GetBytes(name);
        bytes.CopyTo(_bytes.AsSpan(NameOffset));
        Set(8, (ulong)NameOffset).Set(16, (uint)bytes.Length);
        return format is null ? this : Extension(0xe2792aca, Encoding.UTF8.GetBytes(format));
    }

    public MemoryByteSource Build(int? length = null) => new(length is null ? _bytes : _bytes[..length.Value]);
}
