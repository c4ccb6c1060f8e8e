using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestration.Inspection.Mapping;

/// <summary>Finds the file system that a guest's configuration names, by every form of name that fstab(5) and udev know.</summary>
internal sealed partial class DeviceResolver(
    IReadOnlyList<PartitionMap> partitions, IReadOnlyList<VolumeMap> volumes, IReadOnlyList<FileSystemMap> fileSystems, string rootDevice)
{
    private const string ByDirectory = "/dev/disk/by-";

    // A guest calls this disk sda, vda, xvdf or nvme1n1: whichever name its own root entry uses.
    private string? _diskName;

    /// <summary>Learns from the guest's entry for <c>/</c> what it calls this disk.</summary>
    public void LearnDiskName(string rootSpecification)
    {
        if (SplitDevice(rootSpecification) is var (disk, number) && DeviceOf(number) == rootDevice)
        {
            _diskName = disk;
        }
    }

    /// <returns>The file system, or why there is none.</returns>
    public (FileSystemMap? FileSystem, string? Reason) Resolve(string specification)
    {
        var device = Find(specification, out var reason);
        if (device is null)
        {
            return (null, reason);
        }

        return fileSystems.FirstOrDefault(fileSystem => fileSystem.Device == device) is { } found
            ? (FirstOf(found), null)
            : (null, $"{device} holds no known file system");
    }

    // Any device of a file system over several stands for all of it.
    private FileSystemMap FirstOf(FileSystemMap found) => found is { Type: "btrfs", Readable: false, Uuid: not null }
        ? fileSystems.FirstOrDefault(other => other.Readable && other.Type == found.Type && other.Uuid == found.Uuid) ?? found
        : found;

    private string? Find(string specification, out string? reason)
    {
        var (tag, value) = SplitTag(specification);
        reason = $"nothing on this disk has {tag} {value}";
        if (FindVolume(specification) is { } volume)
        {
            reason = volume.Problem;
            return volume.LengthBytes is null ? null : volume.Device;
        }

        switch (tag)
        {
            case "UUID":
                return fileSystems.FirstOrDefault(fs => value.Equals(fs.Uuid, StringComparison.OrdinalIgnoreCase))?.Device;
            case "LABEL":
                return fileSystems.FirstOrDefault(fs => fs.Label == value)?.Device;
            case "PARTUUID":
                return partitions.FirstOrDefault(partition => value.Equals(partition.Uuid, StringComparison.OrdinalIgnoreCase))?.Device;
            case "PARTLABEL":
                return partitions.FirstOrDefault(partition => partition.Name == value)?.Device;
            case "ID" or "PATH" when PartitionSuffix().Match(value) is { Success: true } suffix:
                // Persistent names tell disks apart by hardware that an image does not have; with one disk there is nothing to tell apart.
                return DeviceOf(int.Parse(suffix.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
            case "DEVICE":
                return FindKernelName(value, out reason);
            default:
                return null;
        }
    }

    private string? FindKernelName(string name, out string? reason)
    {
        reason = null;
        if (name == "/dev/root")
        {
            return rootDevice;
        }

        if (name.StartsWith("/dev/mapper/", StringComparison.Ordinal) || name.StartsWith("/dev/md", StringComparison.Ordinal))
        {
            reason = $"{name} would be made by LVM, encryption or RAID, and no such volume is on this disk";
            return null;
        }

        if (SplitDevice(name) is not var (disk, number))
        {
            reason = $"{name} is not a device of this disk";
            return null;
        }

        if (_diskName is null ? !FirstDisk().IsMatch(disk) : disk != _diskName)
        {
            reason = $"{name} is on another disk";
            return null;
        }

        reason = $"this disk has no partition {number}";
        return DeviceOf(number);
    }

    private VolumeMap? FindVolume(string name)
    {
        if (volumes.FirstOrDefault(volume => volume.Device == name || volume.Aliases.Contains(name)) is { } found)
        {
            return found;
        }

        // Which number an array gets is up to the machine that assembles it; with one array there is nothing to tell apart. So it is with the name that
        // crypttab gives to an encrypted volume.
        var kind = ArrayNumber().IsMatch(name) ? "raid_array" : name.StartsWith("/dev/mapper/", StringComparison.Ordinal) ? "decrypted" : null;
        return volumes.Where(volume => volume.Kind == kind).Take(2).ToList() is [var only] ? only : null;
    }

    private string? DeviceOf(int number) => partitions.FirstOrDefault(partition => partition.Number == number)?.Device;

    private static (string Tag, string Value) SplitTag(string specification)
    {
        var separator = specification.IndexOf('=', StringComparison.Ordinal);
        if (separator > 0 && specification[..separator].ToUpperInvariant() is "UUID" or "LABEL" or "PARTUUID" or "PARTLABEL" or "ID")
        {
            return (specification[..separator].ToUpperInvariant(), specification[(separator + 1)..].Trim('"', '\''));
        }

        if (specification.StartsWith(ByDirectory, StringComparison.Ordinal)
            && specification.IndexOf('/', ByDirectory.Length) is > 0 and var slash)
        {
            var kind = specification[ByDirectory.Length..slash].ToUpperInvariant();
            return (kind, HexEscape().Replace(specification[(slash + 1)..], DecodeHex));
        }

        return ("DEVICE", specification);
    }

    private static string DecodeHex(Match match) =>
        ((char)byte.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString();

    /// <summary>Splits a kernel name into disk and partition number; a disk without a number is the whole disk, number 0.</summary>
    private static (string Disk, int Number)? SplitDevice(string name) =>
        KernelName().Match(name) is { Success: true } match
            ? (match.Groups["disk"].Value,
               match.Groups["number"] is { Success: true } number ? int.Parse(number.ValueSpan, CultureInfo.InvariantCulture) : 0)
            : null;

    [GeneratedRegex(@"^/dev/(?:(?<disk>(?:[shv]d|xvd)[a-z]{1,3})(?<number>\d{1,3})?|(?<disk>(?:nvme\d{1,3}n|mmcblk)\d{1,3})(?:p(?<number>\d{1,3}))?)$")]
    private static partial Regex KernelName();

    [GeneratedRegex(@"^(?:(?:[shv]d|xvd)a|nvme0n1|mmcblk0)$")]
    private static partial Regex FirstDisk();

    [GeneratedRegex(@"^/dev/md\d{1,3}$")]
    private static partial Regex ArrayNumber();

    [GeneratedRegex(@"-part(\d{1,3})$")]
    private static partial Regex PartitionSuffix();

    [GeneratedRegex(@"\\x([0-9a-fA-F]{2})")]
    private static partial Regex HexEscape();
}
