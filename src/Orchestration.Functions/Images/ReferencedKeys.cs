using System.Text;
using Orchestration.DiskImages.Volumes.Encryption;

namespace Orchestration.Functions.Images;

/// <summary>The keys that a job may try on encrypted volumes of its image. Their names come from the document, they themselves from settings. Thread-safe.</summary>
internal sealed class ReferencedKeys(IReadOnlyList<string> secrets) : IDiskKeys
{
    private const string BinaryPrefix = "base64:";

    public IEnumerable<ReadOnlyMemory<byte>> Find(EncryptedVolume volume) => secrets.Select(Decode);

    private static ReadOnlyMemory<byte> Decode(string secret)
    {
        if (secret.StartsWith(BinaryPrefix, StringComparison.Ordinal))
        {
            var bytes = new byte[secret.Length];
            if (Convert.TryFromBase64Chars(secret.AsSpan(BinaryPrefix.Length), bytes, out var length))
            {
                return bytes.AsMemory(0, length);
            }
        }

        return Encoding.UTF8.GetBytes(secret);
    }
}
