using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Signatures;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Volumes.Encryption.Luks;

/// <summary>Version 1 of the header. Rules: LUKS On-Disk Format Specification 1.2.3, figures 1 and 2 (struct luks_phdr).</summary>
internal static class Luks1
{
    private const int Length = 592;
    private const int Sector = 512;
    private const int SlotsOffset = 208;
    private const int SlotLength = 48;
    private const int SlotCount = 8;
    private const uint ActiveSlot = 0x00ac71f3;
    private const int SaltLength = 32;
    private const int DigestLength = 20;

    public static LuksHeader Read(IByteSource source)
    {
        var head = source.ReadBytes(0, Length);
        var hash = Text(head, 72, 32);
        var keyLength = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(108));
        if (keyLength > 128)
        {
            throw LuksHeader.Corrupt(108, $"a key of {keyLength} bytes");
        }

        var cipher = $"{Text(head, 8, 32)}-{Text(head, 40, 32)}";
        var digest = new KeyDigest(
            new Pbkdf2Derivation(hash, BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(164)), head[132..(132 + SaltLength)]), head[112..(112 + DigestLength)]);
        return new LuksHeader
        {
            Uuid = Text(head, 168, 40),
            Cipher = cipher,
            DataOffset = (long)BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(104)) * Sector,
            KeySlots =
            [
                .. from number in Enumerable.Range(0, SlotCount)
                   let slot = head[(SlotsOffset + number * SlotLength)..(SlotsOffset + (number + 1) * SlotLength)]
                   where BinaryPrimitives.ReadUInt32BigEndian(slot) == ActiveSlot
                   select new KeySlot(
                       (int)keyLength,
                       new Pbkdf2Derivation(hash, BinaryPrimitives.ReadUInt32BigEndian(slot.AsSpan(4)), slot[8..(8 + SaltLength)]),
                       cipher,
                       (int)keyLength,
                       (long)BinaryPrimitives.ReadUInt32BigEndian(slot.AsSpan(40)) * Sector,
                       (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt32BigEndian(slot.AsSpan(44))),
                       hash,
                       digest),
            ],
        };
    }

    private static string Text(byte[] head, int offset, int length) => Signature.ReadText(head.AsSpan(offset, length)) ?? "";
}
