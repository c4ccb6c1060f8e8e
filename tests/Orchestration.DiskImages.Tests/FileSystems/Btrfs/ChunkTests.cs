using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Btrfs.Chunks;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Tests.Support.Sources;

namespace Orchestration.DiskImages.Tests.FileSystems.Btrfs;

/// <summary>Chunks that no tool would write.</summary>
public sealed class ChunkTests
{
    private static readonly long[] Borders = [0, 1, 2, 3, 512, 4096, 65536, 65537, 1 << 20, 1 << 30, (1L << 30) + 1, int.MaxValue, uint.MaxValue, long.MaxValue, long.MinValue, -1];

    [Fact]
    public void Chunks_of_any_numbers_are_refused_or_read_whatever_copy_is_asked_for()
    {
        var random = new Random(11);
        var devices = Enumerable.Range(1, 3).ToDictionary(number => (ulong)number, IByteSource (_) => new MemoryByteSource(new byte[200_000]));
        var (read, refused) = (0, 0);
        for (var round = 0; round < 5000; round++)
        {
            try
            {
                var map = new ChunkMap(devices);
                var chunk = Chunk.Read(0, CreateItem(random), 0, out _);
                map.Add(chunk);
                var logical = (ulong)random.NextInt64((long)Math.Min(chunk.Size, 400_000));
                for (var copy = 0; copy < chunk.CopyCount && copy < 4; copy++)
                {
                    map.Read(logical, new byte[Math.Min(10_000, chunk.Size - logical)], copy);
                }

                read++;
            }
            catch (DiskImageException exception)
            {
                Assert.NotEqual(DiskImageError.Unavailable, exception.Error);
                refused++;
            }
        }

        Assert.True(read > 100 && refused > 100, $"{read} were read, {refused} refused");
    }

    private static byte[] CreateItem(Random random)
    {
        const int Header = 48;
        const int StripeLength = 32;
        var stripes = random.Next(1, 6);
        var item = new byte[Header + stripes * StripeLength];
        BinaryPrimitives.WriteInt64LittleEndian(item, random.Next(3) == 0 ? Pick(random) : random.Next(1, 1 << 20));
        BinaryPrimitives.WriteInt64LittleEndian(item.AsSpan(16), random.Next(4) == 0 ? Pick(random) : 65536);
        BinaryPrimitives.WriteInt64LittleEndian(item.AsSpan(24), random.Next(3) switch { 0 => 0x80, 1 => 0x100, _ => 1 << random.Next(12) });
        BinaryPrimitives.WriteInt16LittleEndian(item.AsSpan(44), (short)stripes);
        BinaryPrimitives.WriteInt16LittleEndian(item.AsSpan(46), (short)random.Next(4));
        for (var stripe = 0; stripe < stripes; stripe++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(item.AsSpan(Header + stripe * StripeLength), random.Next(1, random.Next(2) == 0 ? 4 : 6));
            BinaryPrimitives.WriteInt64LittleEndian(item.AsSpan(Header + stripe * StripeLength + 8), random.Next(6) == 0 ? Pick(random) : random.Next(100_000));
        }

        return item;
    }

    private static long Pick(Random random) => Borders[random.Next(Borders.Length)];
}
