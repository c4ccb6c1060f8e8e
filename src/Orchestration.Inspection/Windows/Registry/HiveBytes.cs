using System.Buffers.Binary;
using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Windows.Registry;

/// <summary>
/// The bytes of a hive as Windows would have them after loading it: the file, and over it what its transaction logs hold that was not written
/// to it yet. Offsets are those of cells: they count from the first hive bin, which begins at byte 4096 of the file.
/// </summary>
internal sealed class HiveBytes
{
    public const int BaseBlockLength = 4096;

    /// <summary>Logs change whole sectors.</summary>
    public const int BlockLength = 512;

    private readonly GuestContent _content;
    private readonly IReadOnlyDictionary<long, (GuestContent Log, long Offset)> _changed;

    /// <param name="content">The hive's file.</param>
    /// <param name="changed">Blocks of 512 bytes, by their number, and where their content is.</param>
    /// <param name="length">Length of all hive bins.</param>
    public HiveBytes(GuestContent content, IReadOnlyDictionary<long, (GuestContent Log, long Offset)> changed, long length)
    {
        _content = content;
        _changed = changed;
        Length = length;
    }

    public long Length { get; }

    public void Read(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset > Length - buffer.Length)
        {
            throw Damage(offset, $"expected {buffer.Length} bytes inside the hive's {Length}, found its end");
        }

        if (_changed.Count == 0)
        {
            _content.Read(BaseBlockLength + offset, buffer);
            return;
        }

        while (!buffer.IsEmpty)
        {
            var inside = (int)(offset % BlockLength);
            var part = buffer[..Math.Min(buffer.Length, BlockLength - inside)];
            if (_changed.TryGetValue(offset / BlockLength, out var source))
            {
                source.Log.Read(source.Offset + inside, part);
            }
            else
            {
                _content.Read(BaseBlockLength + offset, part);
            }

            offset += part.Length;
            buffer = buffer[part.Length..];
        }
    }

    /// <summary>The content of an allocated cell, without its length.</summary>
    /// <param name="offset">Where the cell begins.</param>
    /// <param name="minimum">What the structure in it needs at least.</param>
    /// <param name="maximum">No more of it is read.</param>
    public byte[] ReadCell(uint offset, int minimum, int maximum)
    {
        Span<byte> head = stackalloc byte[4];
        Read(offset, head);
        var length = -(long)BinaryPrimitives.ReadInt32LittleEndian(head) - head.Length;
        if (length < minimum || length > Length - offset - head.Length)
        {
            throw Damage(offset, $"expected an allocated cell of at least {minimum} bytes, found one of {length}");
        }

        var cell = new byte[Math.Min(length, maximum)];
        Read(offset + head.Length, cell);
        return cell;
    }

    public InspectionException Damage(long offset, string reason) => _content.Damage(BaseBlockLength + offset, reason);
}
