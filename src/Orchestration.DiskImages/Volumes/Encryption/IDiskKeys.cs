namespace Orchestration.DiskImages.Volumes.Encryption;

/// <summary>What is known of an encrypted volume before it is opened.</summary>
/// <param name="Device">The device that it lies on, or <c>qcow2</c> for an encrypted image.</param>
/// <param name="Uuid">UUID of the LUKS header.</param>
public sealed record EncryptedVolume(string Device, string Uuid);

/// <summary>Hands out the keys of encrypted volumes. Implementations are thread-safe.</summary>
public interface IDiskKeys
{
    /// <summary>The passphrases, or contents of key files, to try in turn; none leaves the volume closed. They are never logged.</summary>
    IEnumerable<ReadOnlyMemory<byte>> Find(EncryptedVolume volume);
}
