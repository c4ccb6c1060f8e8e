using System.Buffers.Binary;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Packages.Rpm;

/// <summary>
/// Pages that were committed and not yet copied into the database file (SQLite, "Database File Format", section 4). A frame counts when the
/// salts are those of the log and the running checksum is right, up to the last frame that commits.
/// </summary>
internal sealed class SqliteWriteAheadLog
{
    private const int HeaderLength = 32;
    private const int FrameHeaderLength = 24;
    private const uint Magic = 0x377F0682;
    private const uint Format = 3007000;

    private readonly GuestContent _content;
    private readonly Dictionary<uint, long> _pages = [];

    private SqliteWriteAheadLog(GuestContent content) => _content = content;

    /// <summary>Pages of the database by the last commit; null where nothing was committed.</summary>
    public uint? PageCount { get; private set; }

    /// <returns>Null where the log is not one for that page length: SQLite too goes on without it.</returns>
    public static SqliteWriteAheadLog? Open(GuestContent content, int pageLength)
    {
        if (content.Length < HeaderLength)
        {
            return null;
        }

        var header = content.ReadBytes(0, HeaderLength);
        var checksum = new RunningChecksum(IsBigEndian: (Field(header, 0) & 1) != 0);
        if ((Field(header, 0) & ~1u) != Magic || Field(header, 1) != Format || Field(header, 2) != pageLength
            || !checksum.Add(header.AsSpan(0, 24)).Is(Field(header, 6), Field(header, 7)))
        {
            return null;
        }

        var log = new SqliteWriteAheadLog(content);
        log.ReadFrames(header.AsSpan(16, 8), pageLength, checksum);
        return log;
    }

    /// <returns>False where the log has no such page.</returns>
    public bool TryRead(uint page, Span<byte> buffer)
    {
        if (!_pages.TryGetValue(page, out var offset))
        {
            return false;
        }

        _content.Read(offset, buffer);
        return true;
    }

    private void ReadFrames(ReadOnlySpan<byte> salts, int pageLength, RunningChecksum checksum)
    {
        var uncommitted = new Dictionary<uint, long>();
        var frame = new byte[FrameHeaderLength + pageLength];
        for (long offset = HeaderLength; offset <= _content.Length - frame.Length; offset += frame.Length)
        {
            _content.Read(offset, frame);
            checksum.Add(frame.AsSpan(0, 8)).Add(frame.AsSpan(FrameHeaderLength));
            if (!frame.AsSpan(8, 8).SequenceEqual(salts) || !checksum.Is(Field(frame, 4), Field(frame, 5)))
            {
                return;
            }

            uncommitted[Field(frame, 0)] = offset + FrameHeaderLength;
            if (Field(frame, 1) is > 0 and var pageCount)
            {
                PageCount = pageCount;
                foreach (var (page, position) in uncommitted)
                {
                    _pages[page] = position;
                }

                uncommitted.Clear();
            }
        }
    }

    private static uint Field(byte[] structure, int number) => BinaryPrimitives.ReadUInt32BigEndian(structure.AsSpan(number * 4));

    private sealed record RunningChecksum(bool IsBigEndian)
    {
        private uint _first;
        private uint _second;

        public RunningChecksum Add(ReadOnlySpan<byte> bytes)
        {
            for (; bytes.Length >= 8; bytes = bytes[8..])
            {
                _first += Word(bytes) + _second;
                _second += Word(bytes[4..]) + _first;
            }

            return this;
        }

        public bool Is(uint first, uint second) => _first == first && _second == second;

        private uint Word(ReadOnlySpan<byte> bytes) =>
            IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
