using Orchestration.DiskImages.Formats.Mapping;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Volumes.Encryption;
using Orchestration.DiskImages.Volumes.Encryption.Luks;

namespace Orchestration.DiskImages.Formats.Qcow2;

/// <summary>Opens qcow2 images.</summary>
internal static class Qcow2Image
{
    private const int EncryptedSector = 512;

    /// <param name="source">The stored image.</param>
    /// <param name="backings">Opens other files, and has the keys.</param>
    /// <param name="snapshot">Id or name of the internal snapshot wanted; null for the present state.</param>
    public static StoredDisk Open(IByteSource source, BackingChain backings, string? snapshot = null)
    {
        var header = Qcow2Header.Read(source);
        foreach (var warning in header.Warnings)
        {
            backings.Warn(warning);
        }

        var snapshots = ReadSnapshots(source, header, backings, snapshot is not null);
        if (snapshot is not null)
        {
            header = Find(snapshots, snapshot);
        }

        var data = header.ExternalDataFile is { } name ? backings.OpenFile(name)
            : header.EncryptionHeader is { } encryption ? Decrypt(source, encryption, backings.Keys)
            : source;
        var map = new ClusterMap(source, header, data.Length, backings.Memory.Tables);
        var parent = header.BackingFile is null ? null : backings.OpenParent(new ParentReference(header.BackingFile, header.BackingFormat, []));
        var content = new MappedDisk(Qcow2Header.Layer, data, header.VirtualSize, map) { Parent = parent, Compressed = new CompressedClusters(source, header, map, backings.Memory.Blocks) };
        return new StoredDisk(content, null) { Snapshots = [.. snapshots.Select(item => item.Snapshot)] };
    }

    private static IReadOnlyList<(ImageSnapshot Snapshot, Func<Qcow2Header> Header)> ReadSnapshots(
        IByteSource source, Qcow2Header header, BackingChain backings, bool areNeeded)
    {
        try
        {
            return Qcow2Snapshots.Read(source, header);
        }
        catch (DiskImageException exception) when (!areNeeded && exception.Error is DiskImageError.Corrupt or DiskImageError.LimitExceeded)
        {
            // The present state does not depend on them.
            backings.Warn($"the snapshots of the image cannot be listed: {exception.Message}");
            return [];
        }
    }

    private static Qcow2Header Find(IReadOnlyList<(ImageSnapshot Snapshot, Func<Qcow2Header> Header)> snapshots, string wanted)
    {
        var found = snapshots.FirstOrDefault(item => item.Snapshot.Name == wanted);
        found = found.Header is null ? snapshots.FirstOrDefault(item => item.Snapshot.Id == wanted) : found;
        return found.Header is { } header
            ? header()
            : throw new DiskImageException(
                DiskImageError.NotFound, Qcow2Header.Layer, null, $"there is no snapshot '{wanted}', only {(snapshots.Count == 0 ? "none" : string.Join(", ", snapshots.Select(item => item.Snapshot.Name)))}");
    }

    // Sectors are numbered by where they are stored, and only the header of LUKS is used.
    private static DecryptedByteSource Decrypt(IByteSource source, long headerOffset, IDiskKeys? keys)
    {
        source.RequireInside(headerOffset, 1);
        var stored = source.Slice(headerOffset, source.Length - headerOffset);
        var header = LuksHeader.Read(stored);
        var key = header.Unlock(stored, keys?.Find(new EncryptedVolume(Qcow2Header.Layer, header.Uuid)) ?? [])
            ?? throw new DiskImageException(
                DiskImageError.Unsupported, Qcow2Header.Layer, 32, $"the image is encrypted (LUKS {header.Uuid}), and {(keys is null ? "no key was given" : "no key that was given opens it")}");
        return new DecryptedByteSource(source, SectorCipher.Create(Qcow2Header.Layer, header.Cipher, key), EncryptedSector, 0);
    }
}
