using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Signatures;

/// <summary>
/// The places of a volume where signatures stand: its first 68 KiB and, for md RAID, its end. Bytes that a short volume lacks read as zeros.
/// </summary>
internal sealed class VolumeHead
{
    /// <summary>The btrfs superblock, at 64 KiB, is the last that stands at the head.</summary>
    private const int HeadLength = 68 * 1024;

    private readonly IByteSource _volume;
    private readonly byte[] _head = new byte[HeadLength];

    public VolumeHead(IByteSource volume)
    {
        _volume = volume;
        volume.Prefetch([new ByteRange(0, HeadLength), new ByteRange(volume.Length - HeadLength, HeadLength)]);
        volume.Read(0, _head.AsSpan(0, (int)Math.Min(HeadLength, volume.Length)));
    }

    public long Length => _volume.Length;

    public ReadOnlySpan<byte> Bytes => _head;

    public bool Has(int offset, ReadOnlySpan<byte> signature) => _head.AsSpan(offset).StartsWith(signature);

    public ReadOnlySpan<byte> Slice(int offset, int length) => _head.AsSpan(offset, length);

    public ushort U16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_head.AsSpan(offset));

    public uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_head.AsSpan(offset));

    public ulong U64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_head.AsSpan(offset));

    /// <summary>Bytes anywhere on the volume; empty where they do not all lie on it.</summary>
    public byte[] ReadAt(long offset, int length) => offset >= 0 && offset <= _volume.Length - length ? _volume.ReadBytes(offset, length) : [];
}
