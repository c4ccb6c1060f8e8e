using System.Buffers.Binary;

namespace Orchestration.DiskImages.Compression.Windows;

/// <summary>Reads bits as XPRESS and LZX store them: in little-endian words of sixteen, the highest bit first. After the end come zeros.</summary>
internal ref struct WordBitReader(ReadOnlySpan<byte> source)
{
    private const int WordBits = 16;

    private readonly ReadOnlySpan<byte> _source = source;
    private ulong _bits;
    private int _count;
    private int _position;

    /// <summary>Loads words until at least so many bits, at most 32, are there.</summary>
    public void Ensure(int count)
    {
        while (_count < count)
        {
            ulong word = _position + 2 <= _source.Length ? BinaryPrimitives.ReadUInt16LittleEndian(_source[_position..]) : (ushort)0;
            _position = Math.Min(_position + 2, _source.Length);
            _bits |= word << 48 - _count;
            _count += WordBits;
        }
    }

    /// <summary>The next bits, which <see cref="Ensure"/> loaded, without taking them.</summary>
    public readonly int Peek(int count) => count == 0 ? 0 : (int)(_bits >> 64 - count);

    public void Skip(int count)
    {
        _bits <<= count;
        _count -= count;
    }

    public int Read(int count)
    {
        Ensure(count);
        var value = Peek(count);
        Skip(count);
        return value;
    }

    /// <summary>Gives up the bits of the word that was begun, or of the next one where none was.</summary>
    public void AlignToNextWord()
    {
        Ensure(1);
        var whole = _count / WordBits - (_count % WordBits == 0 ? 1 : 0);
        _position -= whole * sizeof(ushort);
        (_bits, _count) = (0, 0);
    }

    /// <summary>Bytes after the words that were loaded; fewer than asked for at the end.</summary>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        var bytes = _source.Slice(_position, Math.Min(count, _source.Length - _position));
        _position += bytes.Length;
        return bytes;
    }
}
