using System.Buffers.Binary;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.SquashFs;

/// <summary>A table of entries of one length, in blocks of metadata whose places stand in a list. Thread-safe.</summary>
/// <param name="volume">The volume.</param>
/// <param name="list">Where the list of places lies.</param>
/// <param name="count">Number of entries.</param>
/// <param name="entryLength">Bytes of an entry; a power of two.</param>
/// <param name="name">What it is, for messages.</param>
internal sealed class LookupTable(SquashFsVolume volume, long list, long count, int entryLength, string name)
{
    public byte[] Read(long index)
    {
        if (index >= count)
        {
            throw SquashFsVolume.Corrupt(list, $"{name} {index} is referred to, of {count}");
        }

        var position = index * entryLength;
        var place = BinaryPrimitives.ReadInt64LittleEndian(volume.Source.ReadBytes(list + position / SquashFsVolume.MetadataLength * sizeof(long), sizeof(long)));
        return new MetadataReader(volume, place, (int)(position % SquashFsVolume.MetadataLength), list).ReadBytes(entryLength);
    }
}
