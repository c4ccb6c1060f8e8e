using System.Security.Cryptography;
using System.Text;

namespace Orchestration.EmbeddedRuntime.Engine.Replay.Context;

/// <summary>Name-based identifiers (RFC 9562, version 5), the same in every replay.</summary>
internal static class DeterministicGuid
{
    // The namespace that Durable Task uses, so that identifiers are the same on Azure.
    private static readonly Guid Namespace = new("9e952958-5e33-4daf-827f-2fa12937b875");

    public static Guid Create(string instanceId, DateTime turn, int counter)
    {
        byte[] name = Encoding.UTF8.GetBytes($"{instanceId}_{turn:o}_{counter}");
        byte[] input = new byte[16 + name.Length];
        Namespace.TryWriteBytes(input, bigEndian: true, out _);
        name.CopyTo(input, 16);

        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // Version 5 identifiers are defined over SHA-1; nothing is protected by it.
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
