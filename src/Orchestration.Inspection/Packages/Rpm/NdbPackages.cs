using System.Buffers.Binary;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Packages.Rpm;

/// <summary>
/// rpm's own <c>Packages.db</c> (rpm, <c>lib/backend/ndb/rpmpkg.c</c>): pages of slots, each saying at which block of sixteen bytes the header
/// of a package lies; the header stands between a head and a tail with an Adler-32 checksum of all before it.
/// </summary>
internal static class NdbPackages
{
    private const int PageLength = 4096;
    private const int SlotLength = 16;
    private const int BlockLength = 16;
    private const int HeadLength = 16;
    private const int TailLength = 12;

    /// <summary>The file's header takes the place of the first two slots.</summary>
    private const int FirstSlot = 2 * SlotLength;

    public static IEnumerable<RpmBlob> Read(GuestContent content)
    {
        var header = content.ReadBytes(0, FirstSlot);
        if (!header.AsSpan().StartsWith("RpmP"u8) || Field(header, 1) != 0)
        {
            throw content.Damage(0, "expected RpmP of version 0, found something else");
        }

        var pages = Field(header, 3);
        if (pages == 0 || pages > content.Length / PageLength)
        {
            throw content.Damage(12, $"expected a number of slot pages that fits a file of {content.Length} bytes, found {pages}");
        }

        // Blobs that overlap would make much of little.
        long unclaimed = content.Length;
        for (long page = 0; page < pages; page++)
        {
            var slots = content.ReadBytes(page * PageLength, PageLength);
            for (var position = page == 0 ? FirstSlot : 0; position < PageLength; position += SlotLength)
            {
                if (ReadSlot(content, (page * PageLength) + position, slots.AsSpan(position, SlotLength).ToArray(), ref unclaimed) is { } blob)
                {
                    yield return blob;
                }
            }
        }
    }

    private static RpmBlob? ReadSlot(GuestContent content, long position, byte[] slot, ref long unclaimed)
    {
        if (!slot.AsSpan().StartsWith("Slot"u8))
        {
            throw content.Damage(position, "expected a slot, found something else");
        }

        var (package, offset, length) = (Field(slot, 1), (long)Field(slot, 2) * BlockLength, (long)Field(slot, 3) * BlockLength);
        if (offset == 0)
        {
            return null;
        }

        unclaimed -= length;
        if (length < HeadLength + TailLength || length > int.MaxValue || unclaimed < 0 || offset > content.Length - length)
        {
            throw content.Damage(position, $"expected package {package} inside the file of {content.Length} bytes, found {length} bytes at {offset}");
        }

        var blob = content.ReadBytes(offset, (int)length);
        var tail = blob.AsSpan(blob.Length - TailLength).ToArray();
        var dataLength = Field(blob, 3);
        if (!blob.AsSpan().StartsWith("BlbS"u8) || !tail.AsSpan().EndsWith("BlbE"u8) || Field(blob, 1) != package || Field(tail, 1) != dataLength
            || dataLength > blob.Length - HeadLength - TailLength)
        {
            throw content.Damage(offset, $"expected the head and the tail of package {package}, found something else");
        }

        return Adler32(blob.AsSpan(0, blob.Length - TailLength)) == Field(tail, 0)
            ? new RpmBlob(package, blob.AsSpan(HeadLength, (int)dataLength).ToArray())
            : throw content.Damage(offset, $"the checksum of package {package} is wrong");
    }

    private static uint Field(byte[] structure, int number) => BinaryPrimitives.ReadUInt32LittleEndian(structure.AsSpan(number * 4));

    /// <summary>RFC 1950, section 8.2.</summary>
    private static uint Adler32(ReadOnlySpan<byte> bytes)
    {
        const uint Modulus = 65521;

        // So many bytes can be added before the sums leave 32 bits.
        const int Run = 5552;
        uint low = 1, high = 0;
        while (!bytes.IsEmpty)
        {
            foreach (var value in bytes[..Math.Min(Run, bytes.Length)])
            {
                low += value;
                high += low;
            }

            low %= Modulus;
            high %= Modulus;
            bytes = bytes[Math.Min(Run, bytes.Length)..];
        }

        return (high << 16) | low;
    }
}
