using System.Text;

namespace Orchestration.DiskImages.FileSystems.Iso9660;

/// <summary>What Rock Ridge (RRIP, IEEE P1282) says of a file.</summary>
internal sealed class RockRidge
{
    private const int LongestName = 1024;
    private const int LongestTarget = 64 * 1024;

    private readonly StringBuilder _target = new();
    private readonly List<byte> _name = [];
    private bool _joinsTarget;

    /// <summary>Null where it is not told.</summary>
    public string? Name => _name.Count == 0 ? null : Encoding.UTF8.GetString([.. _name]);

    /// <summary>Of a symbolic link; empty where it is not told.</summary>
    public string Target => _target.ToString();

    /// <summary>With the kind of file; null where it is not told.</summary>
    public int? Mode { get; private set; }

    public uint LinkCount { get; private set; } = 1;

    public uint UserId { get; private set; }

    public uint GroupId { get; private set; }

    public DateTimeOffset? Modified { get; private set; }

    public DateTimeOffset? Changed { get; private set; }

    /// <summary>The block of the directory that belongs here and was moved, since it lay too deep; null where none was.</summary>
    public uint? MovedTo { get; private set; }

    /// <summary>It is a directory that was moved, and is shown where it belongs.</summary>
    public bool IsMoved { get; private set; }

    /// <summary>How the content is stored, where it is stored otherwise than as it is; null where it is not.</summary>
    public string? StoredAs { get; private set; }

    /// <summary>Bytes of the content, where it is stored otherwise.</summary>
    public long DecodedSize { get; private set; }

    public static RockRidge Read(IsoVolume volume, DirectoryRecord record)
    {
        var read = new RockRidge();
        foreach (var entry in SystemUseEntries.Read(volume, record))
        {
            read.Add(entry, record.Offset);
        }

        return read;
    }

    private void Add(SystemUseEntry entry, long at)
    {
        switch ((char)(entry.Signature >> 8), (char)(entry.Signature & 0xff))
        {
            case ('P', 'X'):
                (Mode, LinkCount, UserId, GroupId) = ((int)entry.NumberAt(0), entry.NumberAt(8), entry.NumberAt(16), entry.NumberAt(24));
                break;
            case ('N', 'M'):
                AddName(entry.Data.Span, at);
                break;
            case ('S', 'L'):
                AddTarget(entry.Data.Span, at);
                break;
            case ('T', 'F'):
                AddTimes(entry.Data.Span);
                break;
            case ('C', 'L'):
                MovedTo = entry.NumberAt(0);
                break;
            case ('R', 'E'):
                IsMoved = true;
                break;
            case ('Z', 'F'):
                (StoredAs, DecodedSize) = ("zisofs", entry.NumberAt(4));
                break;
            case ('S', 'F'):
                StoredAs = "a sparse file";
                DecodedSize = entry.NumberAt(8) | (long)entry.NumberAt(0) << 32;
                break;
        }
    }

    // Flags come first; names of . and .. have no letters.
    private void AddName(ReadOnlySpan<byte> data, long at)
    {
        const int SelfOrParent = 0x6;
        if (data.IsEmpty || (data[0] & SelfOrParent) != 0)
        {
            return;
        }

        _name.AddRange(data[1..]);
        if (_name.Count > LongestName)
        {
            throw IsoVolume.Corrupt(at, $"a name has {_name.Count} bytes");
        }
    }

    private void AddTarget(ReadOnlySpan<byte> data, long at)
    {
        const int ContinuesFlag = 0x1;
        for (var rest = data.IsEmpty ? data : data[1..]; rest.Length >= 2;)
        {
            var flags = rest[0];
            int length = rest[1];
            if (length > rest.Length - 2 || _target.Length > LongestTarget)
            {
                throw IsoVolume.Corrupt(at, $"a component of the target of a symbolic link has {length} bytes of {rest.Length - 2}, after {_target.Length}");
            }

            if (_target.Length > 0 && !_joinsTarget && _target[^1] != '/')
            {
                _target.Append('/');
            }

            _target.Append((flags & ~ContinuesFlag) switch
            {
                0x2 => ".",
                0x4 => "..",
                0x8 => "/",
                _ => Encoding.UTF8.GetString(rest.Slice(2, length)),
            });
            _joinsTarget = (flags & ContinuesFlag) != 0;
            rest = rest[(2 + length)..];
        }
    }

    // A flag for each time that is there; they follow in the order of the flags.
    private void AddTimes(ReadOnlySpan<byte> data)
    {
        const int LongFlag = 0x80;
        const int Kinds = 7;
        var length = !data.IsEmpty && (data[0] & LongFlag) != 0 ? IsoTime.LongLength : IsoTime.ShortLength;
        var position = 1;
        for (var kind = 0; kind < Kinds && position + length <= data.Length; kind++)
        {
            if ((data[0] & 1 << kind) == 0)
            {
                continue;
            }

            var time = length == IsoTime.LongLength ? IsoTime.ReadLong(data.Slice(position, length)) : IsoTime.ReadShort(data.Slice(position, length));
            (Modified, Changed) = kind switch { 1 => (time, Changed), 3 => (Modified, time), _ => (Modified, Changed) };
            position += length;
        }
    }
}
