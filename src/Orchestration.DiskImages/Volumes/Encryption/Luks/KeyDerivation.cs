using System.Security.Cryptography;

namespace Orchestration.DiskImages.Volumes.Encryption.Luks;

/// <summary>How a passphrase becomes the key of a key slot. The costs come from the image and are limited.</summary>
internal abstract record KeyDerivation
{
    public abstract byte[] Derive(ReadOnlySpan<byte> passphrase, int length);

    /// <summary>The hash of that name.</summary>
    /// <exception cref="DiskImageException">It is not known.</exception>
    public static HashAlgorithmName FindHash(string name) => name switch
    {
        "sha1" => HashAlgorithmName.SHA1,
        "sha256" => HashAlgorithmName.SHA256,
        "sha384" => HashAlgorithmName.SHA384,
        "sha512" => HashAlgorithmName.SHA512,
        _ => throw new DiskImageException(DiskImageError.Unsupported, LuksHeader.Layer, null, $"the hash is {name}; sha1, sha256, sha384 and sha512 are known"),
    };

    protected static DiskImageException TooCostly(string cost) => new(DiskImageError.LimitExceeded, LuksHeader.Layer, null, $"a key slot asks for {cost}");
}

internal sealed record Pbkdf2Derivation(string Hash, long Iterations, byte[] Salt) : KeyDerivation
{
    // Several times what cryptsetup chooses on the fastest machines.
    private const long MaximumIterations = 50_000_000;

    public override byte[] Derive(ReadOnlySpan<byte> passphrase, int length) => Iterations is > 0 and <= MaximumIterations
        ? Rfc2898DeriveBytes.Pbkdf2(passphrase, Salt, (int)Iterations, FindHash(Hash), length)
        : throw TooCostly($"{Iterations} iterations of PBKDF2; 1 to {MaximumIterations} are allowed");
}

internal sealed record Argon2Derivation(bool IsHybrid, long Passes, long Memory, long Lanes, byte[] Salt) : KeyDerivation
{
    // cryptsetup itself takes no more than 4 GiB and 4 lanes.
    private const long MaximumMemory = 4 << 20;
    private const long MaximumLanes = 4;
    private const long MaximumWork = 64 << 20;

    public override byte[] Derive(ReadOnlySpan<byte> passphrase, int length) =>
        Passes > 0 && Memory is > 0 and <= MaximumMemory && Lanes is > 0 and <= MaximumLanes && Passes <= MaximumWork / Memory
            ? Argon2.DeriveKey(IsHybrid, (uint)Passes, (uint)Memory, (uint)Lanes, passphrase, Salt, length)
            : throw TooCostly($"{Passes} passes of Argon2 over {Memory} KiB in {Lanes} lanes; at most {MaximumMemory} KiB, {MaximumLanes} lanes and {MaximumWork} KiB of work are allowed");
}
