using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes.Encryption.Luks;

/// <summary>The header of a LUKS volume: where what is encrypted lies, and the key slots.</summary>
internal sealed record LuksHeader
{
    public const string Layer = "luks";

    public required string Uuid { get; init; }

    public required IReadOnlyList<KeySlot> KeySlots { get; init; }

    public required string Cipher { get; init; }

    /// <summary>Where the encrypted content begins.</summary>
    public required long DataOffset { get; init; }

    /// <summary>Its length; null up to the end.</summary>
    public long? DataLength { get; init; }

    public int SectorSize { get; init; } = 512;

    /// <summary>Number of the first sector, in units of 512 bytes.</summary>
    public long FirstSector { get; init; }

    /// <exception cref="DiskImageException">There is no header, or it is damaged or uses what is not known.</exception>
    public static LuksHeader Read(IByteSource source)
    {
        var head = source.ReadBytes(0, 8);
        if (!head.AsSpan().StartsWith("LUKS"u8) || head[4] != 0xba || head[5] != 0xbe)
        {
            throw Corrupt(0, "no LUKS header is here");
        }

        var header = BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(6)) switch
        {
            1 => Luks1.Read(source),
            2 => Luks2.Read(source),
            var version => throw new DiskImageException(DiskImageError.Unsupported, Layer, 6, $"version {version}; versions 1 and 2 are known"),
        };
        return header.DataOffset > 0
            ? header
            : throw new DiskImageException(DiskImageError.Unsupported, Layer, 0, "the header is a detached one: what it opens lies on another disk");
    }

    /// <summary>The volume key that one of these passphrases opens.</summary>
    /// <returns>Null where none does.</returns>
    public byte[]? Unlock(IByteSource source, IEnumerable<ReadOnlyMemory<byte>> passphrases) =>
        (from passphrase in passphrases
         from slot in KeySlots
         select slot.Unlock(source, passphrase.Span)).FirstOrDefault(key => key is not null);

    /// <summary>The plain content of the volume.</summary>
    public IByteSource Open(IByteSource source, byte[] key)
    {
        var data = source.Slice(DataOffset, DataLength ?? source.Length - DataOffset);
        return new DecryptedByteSource(data, SectorCipher.Create(Layer, Cipher, key), SectorSize, FirstSector);
    }

    public static DiskImageException Corrupt(long? offset, string rule) => new(DiskImageError.Corrupt, Layer, offset, rule);
}
