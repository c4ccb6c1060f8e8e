using System.Buffers.Binary;
using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats.Vmdk;

/// <summary>Opens VMware disk images: a descriptor with its extents, or a sparse extent that holds both.</summary>
internal static class VmdkImage
{
    public static StoredDisk Open(IByteSource source, BackingChain backings)
    {
        var head = source.ReadBytes(0, (int)Math.Min(source.Length, 64));
        return head.AsSpan().StartsWith("#"u8) ? OpenExtents(source, backings)
            : head.AsSpan().StartsWith("KDMV"u8) ? OpenMonolithic(source, backings)
            : throw Unsupported(NameOtherKind(head));
    }

    private static StoredDisk OpenMonolithic(IByteSource source, BackingChain backings)
    {
        var header = SparseExtentHeader.Read(source, backings.Warn);
        if (header.Descriptor.Length == 0)
        {
            throw Unsupported("the image is one extent of a disk; open the descriptor that names all of them");
        }

        // The one extent is this file, whatever it was called when the descriptor was written.
        var descriptor = VmdkDescriptor.Parse(source.ReadBytes(header.Descriptor.Offset, (int)header.Descriptor.Length));
        if (descriptor.Extents.Count > 1)
        {
            throw Unsupported($"the descriptor inside the image names {descriptor.Extents.Count} extents");
        }

        var parent = descriptor.Parent is null ? null : backings.OpenParent(descriptor.Parent);
        return new StoredDisk(OpenSparse(source, header, parent, backings.Memory), descriptor.ContentIdentifier);
    }

    private static StoredDisk OpenExtents(IByteSource source, BackingChain backings)
    {
        if (source.Length > VmdkDescriptor.MaximumLength)
        {
            throw new DiskImageException(
                DiskImageError.LimitExceeded, VmdkDescriptor.Layer, 0, $"the descriptor has {source.Length} bytes; at most {VmdkDescriptor.MaximumLength} are allowed");
        }

        var descriptor = VmdkDescriptor.Parse(source.ReadBytes(0, (int)source.Length));
        var parent = descriptor.Parent is null ? null : backings.OpenParent(descriptor.Parent);
        var parts = new List<(IByteSource? Source, long Length)>();
        var start = 0L;
        foreach (var extent in descriptor.Extents)
        {
            parts.Add((OpenExtent(extent, Behind(parent, start), backings), extent.Length));
            start += extent.Length;
        }

        return new StoredDisk(new ConcatenatedByteSource(parts), descriptor.ContentIdentifier);
    }

    private static IByteSource? OpenExtent(VmdkExtentLine extent, IByteSource? parent, BackingChain backings)
    {
        switch (extent.Type)
        {
            case "ZERO":
                return null;
            case "FLAT" or "VMFS":
                return backings.OpenFile(extent.FileName).Slice(extent.FileOffset, extent.Length);
            case "SESPARSE":
                var efficient = backings.OpenFile(extent.FileName);
                var map = SpaceEfficientMap.Open(efficient, backings.Memory.Tables);
                return RequireCapacity(extent, map.Capacity, new MappedDisk(VmdkDescriptor.Layer, efficient, map.Capacity, map) { Parent = parent });
            case "SPARSE" or "VMFSSPARSE":
                var source = backings.OpenFile(extent.FileName);
                var header = SparseExtentHeader.Read(source, backings.Warn);
                return RequireCapacity(extent, header.Capacity, OpenSparse(source, header, parent, backings.Memory));
            default:
                throw Unsupported($"the extent '{extent.FileName}' is of type {extent.Type}; FLAT, VMFS, SPARSE, VMFSSPARSE, SESPARSE and ZERO are known");
        }
    }

    private static MappedDisk RequireCapacity(VmdkExtentLine extent, long capacity, MappedDisk disk) => capacity >= extent.Length
        ? disk
        : throw VmdkDescriptor.Corrupt($"the extent '{extent.FileName}' holds {capacity} bytes, the descriptor says {extent.Length}");

    private static MappedDisk OpenSparse(IByteSource source, SparseExtentHeader header, IByteSource? parent, ImageMemory memory) =>
        new(VmdkDescriptor.Layer, source, header.Capacity, new GrainMap(source, header, memory.Tables))
        {
            Parent = parent,
            Compressed = header.IsCompressed ? new CompressedGrains(source, header, memory.Blocks) : null,
        };

    private static IByteSource? Behind(IByteSource? parent, long start) => parent is null || start >= parent.Length ? null : parent.Slice(start, parent.Length - start);

    private static string NameOtherKind(byte[] head) =>
        head.AsSpan().StartsWith("COWD"u8) || (head.Length >= sizeof(ulong) && BinaryPrimitives.ReadUInt64LittleEndian(head) == SpaceEfficientMap.Magic)
            ? "the image is one extent of a disk; open the descriptor that names all of them, and its parent"
            : "the image is of an unknown kind";

    private static DiskImageException Unsupported(string rule) => new(DiskImageError.Unsupported, VmdkDescriptor.Layer, 0, rule);
}
