using System.Buffers.Binary;
using System.Numerics;

namespace Orchestration.DiskImages.Checksums;

/// <summary>BLAKE2b without a key, to 256 bits (RFC 7693).</summary>
internal static class Blake2b
{
    public const int Length = 32;

    private const int BlockLength = 128;

    private static readonly ulong[] InitialState =
    [
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
    ];

    // The order in which each round takes the words of a block; the eleventh and twelfth repeat the first two.
    private static readonly byte[][] Orders =
    [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
    ];

    public static void Hash(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Span<ulong> state = stackalloc ulong[8];
        InitialState.CopyTo(state);
        state[0] ^= 0x01010000 ^ Length;
        ulong count = 0;
        while (source.Length > BlockLength)
        {
            count += BlockLength;
            Compress(state, source[..BlockLength], count, isLast: false);
            source = source[BlockLength..];
        }

        Span<byte> last = stackalloc byte[BlockLength];
        last.Clear();
        source.CopyTo(last);
        Compress(state, last, count + (ulong)source.Length, isLast: true);
        for (var index = 0; index < Length / 8; index++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination[(index * 8)..], state[index]);
        }
    }

    private static void Compress(Span<ulong> state, ReadOnlySpan<byte> block, ulong count, bool isLast)
    {
        Span<ulong> words = stackalloc ulong[16];
        for (var index = 0; index < words.Length; index++)
        {
            words[index] = BinaryPrimitives.ReadUInt64LittleEndian(block[(index * 8)..]);
        }

        Span<ulong> work = stackalloc ulong[16];
        state.CopyTo(work);
        InitialState.CopyTo(work[8..]);
        work[12] ^= count;
        work[14] = isLast ? ~work[14] : work[14];
        for (var round = 0; round < 12; round++)
        {
            var order = Orders[round % 10];
            for (var column = 0; column < 4; column++)
            {
                Mix(work, column, 4 + column, 8 + column, 12 + column, words[order[2 * column]], words[order[2 * column + 1]]);
            }

            for (var diagonal = 0; diagonal < 4; diagonal++)
            {
                Mix(work, diagonal, 4 + (diagonal + 1) % 4, 8 + (diagonal + 2) % 4, 12 + (diagonal + 3) % 4, words[order[8 + 2 * diagonal]], words[order[9 + 2 * diagonal]]);
            }
        }

        for (var index = 0; index < 8; index++)
        {
            state[index] ^= work[index] ^ work[index + 8];
        }
    }

    private static void Mix(Span<ulong> work, int a, int b, int c, int d, ulong first, ulong second)
    {
        work[a] += work[b] + first;
        work[d] = BitOperations.RotateRight(work[d] ^ work[a], 32);
        work[c] += work[d];
        work[b] = BitOperations.RotateRight(work[b] ^ work[c], 24);
        work[a] += work[b] + second;
        work[d] = BitOperations.RotateRight(work[d] ^ work[a], 16);
        work[c] += work[d];
        work[b] = BitOperations.RotateRight(work[b] ^ work[c], 63);
    }
}
