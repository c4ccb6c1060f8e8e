using System.Text;
using Orchestration.DiskImages.Volumes.Encryption;

namespace Orchestration.DiskImages.Tests.Support;

/// <summary>The same passphrases for every volume.</summary>
internal sealed class GivenKeys(params string[] passphrases) : IDiskKeys
{
    public IEnumerable<ReadOnlyMemory<byte>> Find(EncryptedVolume volume) => passphrases.Select(passphrase => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(passphrase));
}
