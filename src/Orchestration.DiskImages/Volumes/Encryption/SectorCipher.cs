using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Orchestration.DiskImages.Volumes.Encryption;

/// <summary>
/// AES over sectors, as dm-crypt names it: <c>aes-xts-plain64</c>, <c>aes-cbc-essiv:sha256</c>, <c>aes-cbc-plain</c>, <c>aes-cbc-plain64</c>. Thread-safe.
/// </summary>
internal sealed class SectorCipher
{
    private const int BlockLength = 16;

    private readonly byte[] _key;
    private readonly byte[] _vectorKey;
    private readonly Mode _mode;
    private readonly bool _isShortVector;

    private SectorCipher(byte[] key, byte[] vectorKey, Mode mode, bool isShortVector) => (_key, _vectorKey, _mode, _isShortVector) = (key, vectorKey, mode, isShortVector);

    private enum Mode
    {
        Xts,
        Cbc,
        CbcWithEncryptedVector,
    }

    /// <param name="layer">For errors.</param>
    /// <param name="name">The cipher.</param>
    /// <param name="key">Its key.</param>
    /// <exception cref="DiskImageException">The cipher is unknown, or has no keys of that length.</exception>
    public static SectorCipher Create(string layer, string name, byte[] key)
    {
        var isSound = name.StartsWith("aes-xts-", StringComparison.Ordinal) ? key.Length is 32 or 64 : key.Length is 16 or 24 or 32;
        return (name, isSound) switch
        {
            ("aes-xts-plain64" or "aes-xts-plain", true) => new SectorCipher(key[..(key.Length / 2)], key[(key.Length / 2)..], Mode.Xts, name == "aes-xts-plain"),
            ("aes-cbc-plain64" or "aes-cbc-plain", true) => new SectorCipher(key, [], Mode.Cbc, name == "aes-cbc-plain"),
            ("aes-cbc-essiv:sha256", true) => new SectorCipher(key, SHA256.HashData(key), Mode.CbcWithEncryptedVector, false),
            (_, true) => throw new DiskImageException(
                DiskImageError.Unsupported, layer, null, $"the cipher is {name}; aes-xts-plain64, aes-cbc-essiv:sha256, aes-cbc-plain and aes-cbc-plain64 are known"),
            _ => throw new DiskImageException(DiskImageError.Corrupt, layer, null, $"the cipher {name} with a key of {key.Length} bytes"),
        };
    }

    /// <summary>Decrypts whole sectors in place.</summary>
    /// <param name="firstSector">What the first one's vector is made of; sectors of more than 512 bytes count in steps of 512, as dm-crypt does by default for LUKS.</param>
    /// <param name="sectors">The sectors.</param>
    /// <param name="sectorSize">Bytes in a sector.</param>
    public void Decrypt(long firstSector, Span<byte> sectors, int sectorSize)
    {
        // Instances are not promised to be safe for several threads; making one costs little beside the sectors.
        using var aes = Aes.Create();
        aes.SetKey(_key);
        if (_mode == Mode.Xts)
        {
            DecryptXts(aes, firstSector, sectors, sectorSize);
            return;
        }

        using var vectorAes = Aes.Create();
        vectorAes.SetKey(_mode == Mode.CbcWithEncryptedVector ? _vectorKey : _key);
        Span<byte> vector = stackalloc byte[BlockLength];
        for (var sector = firstSector; !sectors.IsEmpty; sector += sectorSize / 512)
        {
            WriteVector(vector, sector);
            if (_mode == Mode.CbcWithEncryptedVector)
            {
                vectorAes.EncryptEcb(vector, vector, PaddingMode.None);
            }

            aes.DecryptCbc(sectors[..sectorSize], vector, sectors[..sectorSize], PaddingMode.None);
            sectors = sectors[sectorSize..];
        }
    }

    private void DecryptXts(Aes aes, long firstSector, Span<byte> sectors, int sectorSize)
    {
        var tweaks = new byte[sectors.Length];
        WriteTweaks(firstSector, tweaks, sectorSize);
        ExclusiveOr.Apply(sectors, tweaks);
        aes.DecryptEcb(sectors, sectors, PaddingMode.None);
        ExclusiveOr.Apply(sectors, tweaks);
    }

    private void WriteTweaks(long firstSector, Span<byte> tweaks, int sectorSize)
    {
        for (var position = 0; position < tweaks.Length; position += sectorSize)
        {
            WriteVector(tweaks.Slice(position, BlockLength), firstSector + position / 512);
        }

        // The vectors of all sectors are encrypted together, in a buffer of their own.
        var count = tweaks.Length / sectorSize;
        var heads = new byte[count * BlockLength];
        for (var i = 0; i < count; i++)
        {
            tweaks.Slice(i * sectorSize, BlockLength).CopyTo(heads.AsSpan(i * BlockLength));
        }

        using var aes = Aes.Create();
        aes.SetKey(_vectorKey);
        aes.EncryptEcb(heads, heads, PaddingMode.None);
        for (var i = 0; i < count; i++)
        {
            Multiply(heads.AsSpan(i * BlockLength, BlockLength), tweaks.Slice(i * sectorSize, sectorSize));
        }
    }

    // Each block's tweak is the one before times x in GF(2^128).
    private static void Multiply(ReadOnlySpan<byte> first, Span<byte> tweaks)
    {
        var low = BinaryPrimitives.ReadUInt64LittleEndian(first);
        var high = BinaryPrimitives.ReadUInt64LittleEndian(first[sizeof(ulong)..]);
        for (; !tweaks.IsEmpty; tweaks = tweaks[BlockLength..])
        {
            BinaryPrimitives.WriteUInt64LittleEndian(tweaks, low);
            BinaryPrimitives.WriteUInt64LittleEndian(tweaks[sizeof(ulong)..], high);
            var carry = high >> 63;
            high = high << 1 | low >> 63;
            low = low << 1 ^ carry * 0x87;
        }
    }

    private void WriteVector(Span<byte> vector, long sector)
    {
        vector.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(vector, _isShortVector ? (uint)sector : sector);
    }
}
