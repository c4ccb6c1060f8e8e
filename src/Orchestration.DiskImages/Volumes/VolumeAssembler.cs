using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Volumes.Encryption;
using Orchestration.DiskImages.Volumes.Encryption.Luks;
using Orchestration.DiskImages.Volumes.Lvm;
using Orchestration.DiskImages.Volumes.Raid;

namespace Orchestration.DiskImages.Volumes;

/// <summary>Puts volumes together until nothing new comes of it. Not thread-safe; what it opens is.</summary>
/// <param name="keys">Opens encrypted volumes; null leaves them closed.</param>
internal sealed class VolumeAssembler(IDiskKeys? keys)
{
    // The signatures of all known contents lie in the first 68 KiB of a volume, and in its last sectors.
    private const long SignatureBytes = 128 << 10;

    // Volumes on volumes on volumes: more than any machine has, and an end for what describes itself.
    private const int MaximumVolumes = 4096;
    private const int MaximumRounds = 16;

    private readonly List<Volume> _volumes = [];
    private readonly List<string> _warnings = [];
    private readonly Dictionary<string, List<MdMember>> _arrays = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PhysicalVolume> _physicalVolumes = new(StringComparer.Ordinal);
    private readonly Queue<Volume> _decrypted = new();
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);

    public IReadOnlyList<Volume> Volumes => _volumes;

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Adds the partitions of a disk or array, or itself where it has no table.</summary>
    /// <param name="device">Its name.</param>
    /// <param name="separator">What stands between that and a partition's number.</param>
    /// <param name="disk">Its bytes.</param>
    /// <param name="table">Its table.</param>
    public void AddPartitions(string device, string separator, IByteSource disk, PartitionTable table)
    {
        disk.Prefetch([.. table.Partitions.Select(partition => new ByteRange(partition.Offset, Math.Min(partition.Length, SignatureBytes)))]);
        foreach (var partition in table.Partitions)
        {
            var name = partition.Number == 0 ? device : $"{device}{separator}{partition.Number}";
            Add(new Volume(name, partition.Number == 0 ? VolumeKind.Disk : VolumeKind.Partition, [], partition, disk.Slice(partition.Offset, partition.Length), null, null));
        }
    }

    /// <summary>Puts together what the volumes added so far are members of: arrays first, since groups may lie on them.</summary>
    public void Run()
    {
        for (var round = 0; round < MaximumRounds; round++)
        {
            var before = _volumes.Count;
            AddDecrypted();
            AssembleArrays();
            if (_volumes.Count == before)
            {
                AssembleGroups();
            }

            if (_volumes.Count == before)
            {
                return;
            }
        }

        Warn($"volumes rest on each other more than {MaximumRounds} deep; the rest is left out");
    }

    private void Warn(string warning) => _warnings.Add(warning);

    private void Add(Volume volume)
    {
        if (_volumes.Count == MaximumVolumes)
        {
            throw new DiskImageException(DiskImageError.LimitExceeded, "volumes", null, $"there are more than {MaximumVolumes} volumes");
        }

        if (volume.Content is { } content)
        {
            try
            {
                var identity = FileSystemDetector.Detect(content);
                volume = volume with { Identity = identity, Problem = identity?.Type is "crypto_LUKS" or "BitLocker" ? "encrypted" : null };
                volume = Enlist(volume, content);
            }
            catch (DiskImageException exception) when (IsDamage(exception))
            {
                volume = volume with { Problem = volume.Problem is { } problem ? $"{problem}: {exception.Message}" : exception.Message };
            }
        }

        _volumes.Add(volume);
    }

    private Volume Enlist(Volume volume, IByteSource content)
    {
        switch (volume.Identity?.Type)
        {
            case "linux_raid_member":
                var superblock = MdSuperblock.Read(content);
                if (!_arrays.TryGetValue(superblock.ArrayId, out var members))
                {
                    _arrays[superblock.ArrayId] = members = [];
                }

                members.Add(new MdMember(volume.Device, content, superblock));
                break;
            case "LVM2_member":
                var physicalVolume = PhysicalVolume.Read(content, Warn);
                if (!_physicalVolumes.TryAdd(physicalVolume.Id, physicalVolume))
                {
                    Warn($"{volume.Device} has the identifier {physicalVolume.Id} of another physical volume, and is not used");
                }

                break;
            case "crypto_LUKS":
                return EnlistEncrypted(volume, content);
        }

        return volume;
    }

    private Volume EnlistEncrypted(Volume volume, IByteSource content)
    {
        if (keys is null)
        {
            return volume;
        }

        var header = LuksHeader.Read(content);
        if (header.Unlock(content, keys.Find(new EncryptedVolume(volume.Device, header.Uuid))) is not { } key)
        {
            return volume with { Problem = $"encrypted, and no key that was given opens it ({header.Uuid})" };
        }

        _decrypted.Enqueue(new Volume(
            $"/dev/mapper/luks-{header.Uuid}", VolumeKind.Decrypted, [$"/dev/disk/by-id/dm-uuid-{header.Uuid}"], null, header.Open(content, key), null, null));
        return volume with { Problem = null };
    }

    private void AddDecrypted()
    {
        while (_decrypted.TryDequeue(out var volume))
        {
            Add(volume);
        }
    }

    private void AssembleArrays()
    {
        foreach (var (id, members) in _arrays.Where(array => _done.Add($"md {array.Key}")).ToList())
        {
            var (device, aliases) = NameArray(members[0].Superblock);
            if (Try(device, VolumeKind.RaidArray, aliases, () => MdArray.Assemble(members, Warn)) is { } content)
            {
                var table = ReadTable(content);
                Warn(table);
                AddOnArray(device, aliases, content, table);
            }
        }
    }

    private void AddOnArray(string device, IReadOnlyList<string> aliases, IByteSource content, PartitionTable table)
    {
        if (table.Scheme == PartitionScheme.None)
        {
            Add(new Volume(device, VolumeKind.RaidArray, aliases, null, content, null, null));
        }
        else
        {
            AddPartitions(device, char.IsAsciiDigit(device[^1]) ? "p" : "", content, table);
        }
    }

    private void Warn(PartitionTable table) => _warnings.AddRange(table.Warnings);

    private static PartitionTable ReadTable(IByteSource content)
    {
        try
        {
            return PartitionTable.Read(content);
        }
        catch (DiskImageException exception) when (IsDamage(exception))
        {
            return new PartitionTable(PartitionScheme.None, null, [], [exception.Message]);
        }
    }

    private void AssembleGroups()
    {
        // Members that were away while the group was changed have older metadata.
        var newest = _physicalVolumes.Values
            .SelectMany(volume => volume.Metadata)
            .SelectMany(root => root.Sections)
            .Where(group => group.Section.FindText("id") is not null && group.Section.FindNumber("seqno") is not null)
            .GroupBy(group => group.Section.Text("id"), StringComparer.Ordinal)
            .Select(copies => copies.MaxBy(copy => copy.Section.FindNumber("seqno")))
            .ToList();
        foreach (var (name, section) in newest.Where(group => _done.Add($"lvm {group.Section.Text("id")}")))
        {
            try
            {
                AddLogicalVolumes(new VolumeGroup(name, section, _physicalVolumes));
            }
            catch (DiskImageException exception) when (IsDamage(exception) && exception.Error is not DiskImageError.LimitExceeded)
            {
                Warn($"the volume group {name} cannot be read: {exception.Message}");
            }
        }
    }

    private void AddLogicalVolumes(VolumeGroup group)
    {
        var reader = new LogicalVolumeReader(group, Warn);
        foreach (var name in group.VisibleVolumes)
        {
            var device = $"/dev/mapper/{group.Name.Replace("-", "--", StringComparison.Ordinal)}-{name.Replace("-", "--", StringComparison.Ordinal)}";
            string[] aliases = [$"/dev/{group.Name}/{name}", $"/dev/disk/by-id/dm-name-{device[(device.LastIndexOf('/') + 1)..]}"];
            if (Try(device, VolumeKind.LogicalVolume, aliases, () => reader.Open(name)) is { } content)
            {
                Add(new Volume(device, VolumeKind.LogicalVolume, aliases, null, content, null, null));
            }
        }
    }

    private IByteSource? Try(string device, VolumeKind kind, IReadOnlyList<string> aliases, Func<IByteSource> open)
    {
        try
        {
            return open();
        }
        catch (DiskImageException exception) when (IsDamage(exception))
        {
            Add(new Volume(device, kind, aliases, null, null, null, exception.Message));
            return null;
        }
    }

    // The name is the host's and the array's with a colon between; the array's alone where that is not known.
    private static (string Device, IReadOnlyList<string> Aliases) NameArray(MdSuperblock superblock)
    {
        var byId = $"/dev/disk/by-id/md-uuid-{FormatArrayId(superblock.ArrayId)}";
        if (superblock.Name is not { Length: > 0 } full)
        {
            return ($"/dev/md{superblock.PreferredMinor ?? 127}", [byId]);
        }

        var name = full[(full.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return name.All(char.IsAsciiDigit) && name.Length > 0
            ? ($"/dev/md{name}", [$"/dev/md/{name}", byId, $"/dev/disk/by-id/md-name-{full}"])
            : ($"/dev/md/{name}", [byId, $"/dev/disk/by-id/md-name-{full}"]);
    }

    // mdadm writes four groups of eight digits.
    private static string FormatArrayId(string id)
    {
        var digits = id.Replace("-", "", StringComparison.Ordinal);
        return string.Join(':', digits.Chunk(8).Select(group => new string(group)));
    }

    private static bool IsDamage(DiskImageException exception) => exception.Error is not (DiskImageError.Unavailable or DiskImageError.Changed);
}
