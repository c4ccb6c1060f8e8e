using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Iso9660;

/// <summary>An entry of the system use sharing protocol (SUSP, IEEE P1281).</summary>
/// <param name="Signature">Two letters, the first in the upper byte.</param>
/// <param name="Data">What follows signature, length and version.</param>
internal readonly record struct SystemUseEntry(int Signature, ReadOnlyMemory<byte> Data)
{
    /// <summary>A number that is stored in both byte orders; 0 where the entry is too short.</summary>
    public uint NumberAt(int offset) => Data.Length >= offset + sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(Data.Span[offset..]) : 0;
}

internal static class SystemUseEntries
{
    private const int HeaderLength = 4;
    private const int MostContinuations = 64;
    private const int LongestContinuation = 64 * 1024;

    /// <summary>The two letters of an entry as a number.</summary>
    public static int SignatureOf(ReadOnlySpan<byte> letters) => letters[0] << 8 | letters[1];

    /// <summary>The entries of a record, and those where it goes on elsewhere.</summary>
    /// <exception cref="DiskImageException">The places where they go on do not end.</exception>
    public static List<SystemUseEntry> Read(IsoVolume volume, DirectoryRecord record)
    {
        var entries = new List<SystemUseEntry>();
        ReadOnlyMemory<byte> area = record.SystemUse[Math.Min(volume.SystemUseSkip, record.SystemUse.Length)..].ToArray();
        for (var continuations = 0; !area.IsEmpty; continuations++)
        {
            if (continuations > MostContinuations)
            {
                throw IsoVolume.LimitExceeded(record.Offset, $"the entries of a record go on in more than {MostContinuations} places");
            }

            area = ReadArea(volume, record, area, entries) is { } next ? ReadContinuation(volume, record, next) : default;
        }

        return entries;
    }

    // Returns the entry that says where the entries go on, if any.
    private static SystemUseEntry? ReadArea(IsoVolume volume, DirectoryRecord record, ReadOnlyMemory<byte> area, List<SystemUseEntry> entries)
    {
        SystemUseEntry? continuation = null;
        while (area.Length >= HeaderLength && area.Span[0] != 0)
        {
            int length = area.Span[2];
            if (length < HeaderLength || length > area.Length)
            {
                // genisoimage writes such entries for components of links that are longer than a name may be.
                volume.Warnings.Add($"a record at {record.Offset} has an entry of {length} bytes where {area.Length} are left; what it says is not shown");
                break;
            }

            var entry = new SystemUseEntry(SignatureOf(area.Span), area[HeaderLength..length]);
            area = area[length..];
            if (entry.Signature == SignatureOf("CE"u8))
            {
                continuation = entry;
            }
            else if (entry.Signature == SignatureOf("ST"u8))
            {
                return null;
            }
            else
            {
                entries.Add(entry);
            }
        }

        return continuation;
    }

    private static byte[] ReadContinuation(IsoVolume volume, DirectoryRecord record, SystemUseEntry continuation)
    {
        var length = continuation.NumberAt(16);
        return length <= LongestContinuation
            ? volume.Source.ReadBytes((long)continuation.NumberAt(0) * volume.BlockSize + continuation.NumberAt(8), (int)length)
            : throw IsoVolume.Corrupt(record.Offset, $"the entries of a record go on for {length} bytes");
    }
}
