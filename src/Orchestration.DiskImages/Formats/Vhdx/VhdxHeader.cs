using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Vhdx;

/// <summary>The current one of the two headers.</summary>
internal sealed record VhdxHeader
{
    private const int Length = 4096;
    private const int FirstOffset = 64 * 1024;
    private const int SecondOffset = 128 * 1024;

    /// <summary>Changes whenever the disk's content is first written to after it was opened; differencing images know their parent by it.</summary>
    public required Guid DataWriteIdentifier { get; init; }

    /// <summary>What entries of the log must bear; empty where the log is.</summary>
    public required Guid LogIdentifier { get; init; }

    public required long LogOffset { get; init; }

    public required uint LogLength { get; init; }

    /// <summary>The header with the higher sequence number of those whose checksums are right.</summary>
    public static VhdxHeader Read(IByteSource source)
    {
        byte[]? current = null;
        long at = 0;
        ulong currentSequence = 0;
        foreach (var offset in (ReadOnlySpan<int>)[FirstOffset, SecondOffset])
        {
            if (source.Length < offset + Length)
            {
                continue;
            }

            var header = source.ReadBytes(offset, Length);
            var sequence = BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(8));
            if (header.AsSpan().StartsWith("head"u8) && VhdxFormat.HasRightChecksum(header) && (current is null || sequence > currentSequence))
            {
                (current, currentSequence, at) = (header, sequence, offset);
            }
        }

        return current is null
            ? throw VhdxFormat.Corrupt(FirstOffset, "neither of the two headers has the signature 'head' and a right checksum")
            : Parse(current, at);
    }

    private static VhdxHeader Parse(ReadOnlySpan<byte> header, long at)
    {
        var logVersion = BinaryPrimitives.ReadUInt16LittleEndian(header[64..]);
        var version = BinaryPrimitives.ReadUInt16LittleEndian(header[66..]);
        if (version != 1 || logVersion != 0)
        {
            throw VhdxFormat.Unsupported(at + 64, $"version {version} with log version {logVersion}; version 1 with log version 0 is known");
        }

        return new VhdxHeader
        {
            DataWriteIdentifier = new Guid(header.Slice(32, 16)),
            LogIdentifier = new Guid(header.Slice(48, 16)),
            LogLength = BinaryPrimitives.ReadUInt32LittleEndian(header[68..]),
            LogOffset = BinaryPrimitives.ReadInt64LittleEndian(header[72..]),
        };
    }
}
