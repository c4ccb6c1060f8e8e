using System.Globalization;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Storage;

namespace Orchestration.Inspection.Mapping;

/// <summary>Decides what of the guest's own mount configuration becomes part of the assembled root.</summary>
/// <param name="devices">Finds what the configuration names.</param>
/// <param name="root">What is mounted at <c>/</c>.</param>
/// <param name="implied">What is mounted where the configuration mounts nothing else.</param>
internal sealed class MountPlanner(DeviceResolver devices, MountMap root, IReadOnlyList<MountMap>? implied = null)
{
    private static readonly string[] NetworkTypes = ["nfs", "nfs4", "cifs", "smb3", "smbfs", "glusterfs", "ceph", "9p", "virtiofs", "fuse.sshfs", "afs"];

    private static readonly string[] VirtualTypes =
    [
        "tmpfs", "ramfs", "proc", "sysfs", "devtmpfs", "devpts", "cgroup", "cgroup2", "debugfs", "tracefs", "securityfs", "configfs",
        "hugetlbfs", "mqueue", "fusectl", "binfmt_misc", "efivarfs", "pstore", "bpf", "autofs", "overlay", "rpc_pipefs", "nfsd",
    ];

    /// <param name="entries">fstab first, then mount units, in the order in which they are read.</param>
    /// <param name="warnings">Receives what is odd.</param>
    public IReadOnlyList<MountMap> Plan(IEnumerable<MountEntry> entries, ICollection<string> warnings)
    {
        var plan = new Dictionary<string, MountMap>(StringComparer.Ordinal);
        foreach (var entry in entries.Where(entry => !entry.IsSwap && entry.MountPoint.StartsWith('/')))
        {
            var mountPoint = GuestPath.Normalize(entry.MountPoint);
            if (mountPoint == "/" && !plan.ContainsKey("/"))
            {
                devices.LearnDiskName(entry.Specification);
            }

            if (!plan.TryAdd(mountPoint, Decide(entry, mountPoint, warnings)))
            {
                warnings.Add($"{entry.File}:{entry.Line} mounts {mountPoint} again; the first entry is used.");
            }
        }

        foreach (var mount in (implied ?? []).Prepend(root))
        {
            plan.TryAdd(mount.MountPoint, mount);
        }

        return [.. plan.Values.OrderBy(mount => GuestPath.Split(mount.MountPoint).Length).ThenBy(mount => mount.MountPoint, StringComparer.Ordinal)];
    }

    private MountMap Decide(MountEntry entry, string mountPoint, ICollection<string> warnings)
    {
        MountMap Make(string? device, MountState state, string? reason) =>
            new(mountPoint, entry.Specification, device, entry.Type, entry.Options, state, reason, entry.File, entry.Line);

        if (mountPoint == "/")
        {
            if (devices.Resolve(entry.Specification).FileSystem?.Device != root.Device)
            {
                warnings.Add($"{entry.File}:{entry.Line} names {entry.Specification} as the root, which is not the file system found to be it ({root.Device}).");
            }

            return Make(root.Device, MountState.Mounted, null) with { Subvolume = root.Subvolume, Directory = root.Directory };
        }

        if (ReasonToSkip(entry) is { } reason)
        {
            return Make(null, MountState.Listed, reason);
        }

        var (fileSystem, failure) = devices.Resolve(entry.Specification);
        if (fileSystem is { Readable: true } && FindSubvolume(entry, fileSystem, out failure) is var subvolume && failure is null)
        {
            return Make(fileSystem.Device, MountState.Mounted, null) with { Subvolume = subvolume };
        }

        failure ??= fileSystem?.Problem ?? $"{fileSystem?.Type} holds no files";
        if (entry.HasOption("nofail") && fileSystem is null)
        {
            return Make(null, MountState.Listed, failure);
        }

        warnings.Add($"{mountPoint} ({entry.Specification}, {entry.File}:{entry.Line}) cannot be read, so what it holds is unknown: {failure}.");
        return Make(fileSystem?.Device, MountState.Missing, failure);
    }

    // The top level has the id 5, which may also be written 0.
    private static string? FindSubvolume(MountEntry entry, FileSystemMap fileSystem, out string? failure)
    {
        string? Value(string option) => entry.Options.LastOrDefault(item => item.StartsWith(option, StringComparison.Ordinal))?[option.Length..];
        failure = null;
        if (fileSystem.Type != "btrfs" || (Value("subvol=") is null && Value("subvolid=") is null))
        {
            return null;
        }

        var path = Value("subvol=")?.Trim('/') ?? (Value("subvolid=") is "0" or "5" ? "" : FindById(fileSystem, Value("subvolid=")));
        if (path is not null && (path.Length == 0 || fileSystem.Subvolumes.Contains("/" + path, StringComparer.Ordinal)))
        {
            return "/" + path;
        }

        failure = path is null ? $"{fileSystem.Device} has no subvolume of the id {Value("subvolid=")}" : $"{fileSystem.Device} has no subvolume /{path}";
        return null;
    }

    private static string? FindById(FileSystemMap fileSystem, string? id) =>
        ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? fileSystem.SubvolumeIds.Where(pair => pair.Value == number).Select(pair => pair.Key.Trim('/')).FirstOrDefault()
            : null;

    private static string? ReasonToSkip(MountEntry entry) => entry switch
    {
        _ when entry.HasOption("noauto") => "not mounted at boot (noauto)",
        _ when entry.HasOption("bind") || entry.HasOption("rbind") || entry.Type == "bind" => "a bind mount",
        _ when VirtualTypes.Contains(entry.Type, StringComparer.Ordinal) => $"{entry.Type} has nothing on disk",
        _ when NetworkTypes.Contains(entry.Type, StringComparer.Ordinal) || entry.HasOption("_netdev") => "a network file system",
        _ when entry.Type is "iso9660" or "udf" or "floppy" || entry.Specification is "/dev/cdrom" or "/dev/sr0" or "/dev/fd0" => "removable media",
        _ => null,
    };
}
