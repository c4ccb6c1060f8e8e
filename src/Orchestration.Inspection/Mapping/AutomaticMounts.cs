using System.Security.Cryptography;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Mapping.Layouts;

namespace Orchestration.Inspection.Mapping;

/// <summary>
/// What systemd mounts because of a partition's type alone (systemd-gpt-auto-generator(8), Discoverable Partitions Specification): where the guest's
/// configuration names nothing else and nothing lies below the mount point.
/// </summary>
internal static class AutomaticMounts
{
    private const string Generator = "/usr/lib/systemd/system-generators/systemd-gpt-auto-generator";

    private const string Override = "/etc/systemd/system-generators/systemd-gpt-auto-generator";

    private const string Switch = "systemd.gpt_auto=";

    private static readonly (PartitionRole Role, string MountPoint)[] Places =
    [
        (PartitionRole.Home, "/home"), (PartitionRole.ServerData, "/srv"), (PartitionRole.Variable, "/var"), (PartitionRole.Temporary, "/var/tmp"),
        (PartitionRole.ExtendedBoot, "/boot"), (PartitionRole.EfiSystem, "/efi"), (PartitionRole.EfiSystem, "/boot"),
    ];

    /// <param name="disk">The disk.</param>
    /// <param name="tree">The guest as far as it is known.</param>
    public static IReadOnlyList<MountMap> Find(DiskContents disk, GuestTree tree)
    {
        var candidates = disk.With(SystemPart.None).Where(item => disk.RoleOf(item.Map.Device) is { } role && Places.Any(place => place.Role == role)).ToList();
        var reader = new FactReader(tree);
        if (candidates.Count == 0 || !reader.Exists(Generator) || reader.Find(Override, follow: false) is not null || IsSwitchedOff(disk))
        {
            return [];
        }

        var mounts = new List<MountMap>();
        foreach (var (role, mountPoint) in Places)
        {
            var found = candidates.Find(item => disk.RoleOf(item.Map.Device) == role && !disk.AttributesOf(item.Map.Device).IsNotAutomatic);
            if (found is not null && mounts.TrueForAll(mount => mount.Device != found.Map.Device && mount.MountPoint != mountPoint) && Fits(reader, role, mountPoint, found, disk.PartitionOf(found.Map.Device)))
            {
                mounts.Add(SystemLayout.Mount(mountPoint, found) with { Specification = $"PARTUUID={disk.PartitionOf(found.Map.Device)?.Uuid}", File = Generator });
            }
        }

        return mounts;
    }

    private static bool IsSwitchedOff(DiskContents disk) =>
        DefaultCommandLines.Find(disk).Any(parameters => parameters.Any(parameter => parameter.StartsWith(Switch, StringComparison.Ordinal) && parameter[Switch.Length..] is "0" or "no" or "off" or "false"));

    private static bool Fits(FactReader reader, PartitionRole role, string mountPoint, OpenedFileSystem found, PartitionMap? partition)
    {
        var place = reader.Find(mountPoint, follow: false);
        var isFree = place is null || (place.IsDirectory && reader.List(mountPoint).Count == 0);
        return role switch
        {
            // Only where systemd-boot tells systemd from which partition it was started.
            PartitionRole.EfiSystem or PartitionRole.ExtendedBoot => place is not null && isFree && IsOfBootLoader(found),
            PartitionRole.Variable => isFree && partition?.Uuid == VariableDataOf(reader.Text("/etc/machine-id")?.Trim()),
            _ => isFree,
        };
    }

    private static bool IsOfBootLoader(OpenedFileSystem found)
    {
        var tree = found.FileSystem is { } fileSystem ? new FactReader(new GuestTree([new GuestMount("/", fileSystem)])) : null;
        return tree is not null && (tree.Exists("/loader/loader.conf") || tree.Exists("/loader/entries"));
    }

    /// <summary>A disk may be moved to another machine: <c>/var</c> belongs to the one whose machine-id is in the partition's UUID.</summary>
    private static string? VariableDataOf(string? machineId)
    {
        if (machineId is not { Length: 32 } || !machineId.All(char.IsAsciiHexDigit))
        {
            return null;
        }

        var digest = HMACSHA256.HashData(Convert.FromHexString(machineId), Guid.ParseExact(PartitionTypes.VariableData, "D").ToByteArray(bigEndian: true));

        // The bits that make it a UUID of version 4 (RFC 4122, section 4.4).
        digest[6] = (byte)((digest[6] & 0x0F) | 0x40);
        digest[8] = (byte)((digest[8] & 0x3F) | 0x80);
        return new Guid(digest.AsSpan(0, 16), bigEndian: true).ToString("D");
    }
}
