using System.Runtime.InteropServices;

namespace Orchestration.DiskImages.Volumes.Encryption.Luks;

/// <summary>Argon2 by the system's libargon2, which cryptsetup uses too; there is no managed implementation at hand.</summary>
internal static partial class Argon2
{
    private const string Library = "libargon2.so.1";
    private const uint Version13 = 0x13;

    /// <param name="isHybrid">Argon2id rather than Argon2i.</param>
    /// <param name="passes">Time cost.</param>
    /// <param name="memory">KiB.</param>
    /// <param name="lanes">Parallelism.</param>
    /// <param name="passphrase">The secret.</param>
    /// <param name="salt">The salt.</param>
    /// <param name="length">Bytes wanted.</param>
    /// <exception cref="DiskImageException"><see cref="DiskImageError.Unsupported"/> without the library; otherwise impossible costs.</exception>
    public static byte[] DeriveKey(bool isHybrid, uint passes, uint memory, uint lanes, ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, int length)
    {
        const int TypeI = 1;
        const int TypeId = 2;
        var key = new byte[length];
        try
        {
            var result = Hash(
                passes, memory, lanes, passphrase, (nuint)passphrase.Length, salt, (nuint)salt.Length, key, (nuint)length, 0, 0, isHybrid ? TypeId : TypeI, Version13);
            return result == 0
                ? key
                : throw new DiskImageException(DiskImageError.Corrupt, LuksHeader.Layer, null, $"Argon2 cannot run with {passes} passes over {memory} KiB in {lanes} lanes (error {result})");
        }
        catch (DllNotFoundException exception)
        {
            throw new DiskImageException(DiskImageError.Unsupported, LuksHeader.Layer, null, $"a key slot with Argon2 needs {Library}, which is not installed (Debian: libargon2-1)", exception);
        }
    }

    [LibraryImport(Library, EntryPoint = "argon2_hash")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Hash(
        uint passes,
        uint memory,
        uint lanes,
        ReadOnlySpan<byte> passphrase,
        nuint passphraseLength,
        ReadOnlySpan<byte> salt,
        nuint saltLength,
        Span<byte> hash,
        nuint hashLength,
        nint encoded,
        nuint encodedLength,
        int type,
        uint version);
}
