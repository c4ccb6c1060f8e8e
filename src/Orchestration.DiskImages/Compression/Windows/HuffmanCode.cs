namespace Orchestration.DiskImages.Compression.Windows;

/// <summary>A canonical prefix code: shorter codes come first, and those of one length in the order of their symbols. Not thread-safe.</summary>
internal sealed class HuffmanCode
{
    private const int LongestCode = 16;
    private const int FastBits = 10;

    // Symbols in the order of their codes, and for each length the first code, the number of codes and the index of their first symbol.
    private readonly ushort[] _symbols;
    private readonly int[] _count = new int[LongestCode + 1];
    private readonly int[] _firstSymbol = new int[LongestCode + 1];

    // By the next bits: the symbol and, in the low five bits, the length of its code; 0 where the code is longer.
    private readonly int[] _fast = new int[1 << FastBits];

    public HuffmanCode(int symbols) => _symbols = new ushort[symbols];

    /// <param name="lengths">Bits of the code of each symbol; 0 for symbols without one.</param>
    /// <returns>False where the lengths make no code, or only a part of one; no symbol at all is allowed.</returns>
    public bool TryBuild(ReadOnlySpan<byte> lengths)
    {
        Array.Clear(_count);
        Array.Clear(_fast);
        foreach (var length in lengths)
        {
            _count[length]++;
        }

        _count[0] = 0;
        var left = 1;
        var next = new int[LongestCode + 1];
        for (var length = 1; length <= LongestCode; length++)
        {
            left = (left << 1) - _count[length];
            if (left < 0)
            {
                return false;
            }

            next[length] = _firstSymbol[length] = _firstSymbol[length - 1] + _count[length - 1];
        }

        for (var symbol = 0; symbol < lengths.Length; symbol++)
        {
            if (lengths[symbol] != 0)
            {
                _symbols[next[lengths[symbol]]++] = (ushort)symbol;
            }
        }

        FillFast();
        return left == 0 || next[LongestCode] == 0;
    }

    /// <summary>The next symbol; -1 where the bits are no code.</summary>
    public int Read(ref WordBitReader reader)
    {
        reader.Ensure(LongestCode);
        var entry = _fast[reader.Peek(FastBits)];
        if (entry != 0)
        {
            reader.Skip(entry & 31);
            return entry >> 5;
        }

        var code = 0;
        for (var length = 1; length <= LongestCode; length++)
        {
            var bits = reader.Peek(length);
            if (bits - code < _count[length])
            {
                reader.Skip(length);
                return _symbols[_firstSymbol[length] + bits - code];
            }

            code = code + _count[length] << 1;
        }

        return -1;
    }

    private void FillFast()
    {
        var code = 0;
        for (var length = 1; length <= FastBits; length++)
        {
            for (var index = 0; index < _count[length]; index++, code++)
            {
                _fast.AsSpan(code << FastBits - length, 1 << FastBits - length).Fill(_symbols[_firstSymbol[length] + index] << 5 | length);
            }

            code <<= 1;
        }
    }
}
