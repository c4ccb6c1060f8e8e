using System.Buffers.Binary;
using System.Security.Cryptography;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes.Encryption.Luks;

/// <summary>Holds the volume key, encrypted with a key from a passphrase, and spread so that all of it must be there.</summary>
/// <param name="KeyLength">Bytes of the volume key.</param>
/// <param name="Derivation">From the passphrase to the slot's key.</param>
/// <param name="Cipher">Encrypts the slot's area.</param>
/// <param name="AreaKeyLength">Bytes of that key.</param>
/// <param name="AreaOffset">Where the area begins.</param>
/// <param name="Stripes">How often the key's length is stored.</param>
/// <param name="SplitterHash">The hash that ties the stripes together.</param>
/// <param name="Digest">Recognises the right volume key.</param>
internal sealed record KeySlot(
    int KeyLength, KeyDerivation Derivation, string Cipher, int AreaKeyLength, long AreaOffset, int Stripes, string SplitterHash, KeyDigest Digest)
{
    private const int Sector = 512;
    private const int MaximumKeyLength = 128;
    private const int MaximumStripes = 8192;

    /// <summary>The volume key; null where the passphrase is not that of this slot.</summary>
    public byte[]? Unlock(IByteSource source, ReadOnlySpan<byte> passphrase)
    {
        if (KeyLength is < 16 or > MaximumKeyLength || AreaKeyLength is < 16 or > MaximumKeyLength || Stripes is < 1 or > MaximumStripes)
        {
            throw new DiskImageException(
                DiskImageError.Corrupt, LuksHeader.Layer, null, $"a key slot holds a key of {KeyLength} bytes in {Stripes} stripes, encrypted with one of {AreaKeyLength} bytes");
        }

        var area = source.ReadBytes(AreaOffset, (KeyLength * Stripes + Sector - 1) / Sector * Sector);
        SectorCipher.Create(LuksHeader.Layer, Cipher, Derivation.Derive(passphrase, AreaKeyLength)).Decrypt(0, area, Sector);
        var key = Merge(area);
        return Digest.IsOf(key) ? key : null;
    }

    // LUKS On-Disk Format Specification 1.2.3, section 2.4.
    private byte[] Merge(ReadOnlySpan<byte> area)
    {
        var hash = KeyDerivation.FindHash(SplitterHash);
        var key = new byte[KeyLength];
        for (var stripe = 0; stripe < Stripes - 1; stripe++)
        {
            ExclusiveOr.Apply(key, area.Slice(stripe * KeyLength, KeyLength));
            Diffuse(key, hash);
        }

        ExclusiveOr.Apply(key, area.Slice((Stripes - 1) * KeyLength, KeyLength));
        return key;
    }

    private static void Diffuse(Span<byte> key, HashAlgorithmName hash)
    {
        Span<byte> input = stackalloc byte[sizeof(uint) + 64];
        Span<byte> output = stackalloc byte[64];
        var length = CryptographicOperations.HashData(hash, [], output);
        for (var (block, start) = (0, 0); start < key.Length; block++, start += length)
        {
            var part = key[start..Math.Min(key.Length, start + length)];
            BinaryPrimitives.WriteInt32BigEndian(input, block);
            part.CopyTo(input[sizeof(uint)..]);
            CryptographicOperations.HashData(hash, input[..(sizeof(uint) + part.Length)], output);
            output[..part.Length].CopyTo(part);
        }
    }
}

/// <summary>Recognises a volume key.</summary>
/// <param name="Derivation">From the key to the digest.</param>
/// <param name="Value">What must come of it.</param>
internal sealed record KeyDigest(Pbkdf2Derivation Derivation, byte[] Value)
{
    public bool IsOf(byte[] key) => CryptographicOperations.FixedTimeEquals(Derivation.Derive(key, Value.Length), Value);
}
