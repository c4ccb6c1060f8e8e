using Orchestration.Inspection.Boot;

namespace Orchestration.Inspection.Mapping.Layouts;

/// <summary>Which of several systems on a disk would start, as far as the disk tells.</summary>
internal static class SlotChoice
{
    private static readonly string[] UserParameters = ["mount.usr=", "usr=", "systemd.verity_usr_data=", "verity.usr="];

    /// <param name="disk">The disk.</param>
    /// <param name="layouts">At least one.</param>
    /// <returns>The chosen one, and why; the reason is null where there is no other, and says so where nothing tells.</returns>
    public static (SystemLayout Layout, string? Reason) Choose(DiskContents disk, IReadOnlyList<SystemLayout> layouts)
    {
        if (layouts.Count == 1)
        {
            return (layouts[0], null);
        }

        return ByCommandLine(disk, layouts) ?? ByPriority(disk, layouts) ?? ByVersion(disk, layouts)
            ?? (layouts[0], layouts[0].Deployment is null ? "the first one; nothing on the disk tells which would start" : "the one deployed last; nothing on the disk tells which would start");
    }

    private static (SystemLayout Layout, string? Reason)? ByCommandLine(DiskContents disk, IReadOnlyList<SystemLayout> layouts)
    {
        var devices = disk.Resolver("");
        foreach (var parameters in DefaultCommandLines.Find(disk))
        {
            foreach (var parameter in parameters)
            {
                var matching = parameter.Split('=', 2) switch
                {
                    ["ostree", var path] => layouts.Where(layout => layout.Deployment is { } deployment && deployment == Resolve(disk, layout, path)),
                    ["root", var root] => layouts.Where(layout => layout.UserDevice is null && layout.Deployment is null && layout.Slot == devices.Resolve(root).FileSystem?.Device),
                    [var name, var user] when UserParameters.Contains(name + "=") => layouts.Where(layout => layout.UserDevice is { } own && own == devices.Resolve(user).FileSystem?.Device),
                    _ => [],
                };
                if (matching.Take(2).ToList() is [var only])
                {
                    return (only, $"the boot loader's default entry says {parameter}");
                }
            }
        }

        return null;
    }

    private static string? Resolve(DiskContents disk, SystemLayout layout, string path)
    {
        try
        {
            return disk.Assemble([layout.Root with { Directory = null }]).Find(path)?.RealPath;
        }
        catch (InspectionException)
        {
            return null;
        }
    }

    /// <summary>As <c>gptprio.next</c> of Container Linux' GRUB chooses: the highest priority of those that worked before or have tries left.</summary>
    private static (SystemLayout Layout, string? Reason)? ByPriority(DiskContents disk, IReadOnlyList<SystemLayout> layouts)
    {
        var best = layouts.Where(layout => disk.RoleOf(layout.Slot) == PartitionRole.ContainerLinuxUser)
            .Select(layout => (Layout: layout, Attributes: disk.AttributesOf(layout.Slot)))
            .Where(item => item.Attributes.Priority > 0 && (item.Attributes.IsSuccessful || item.Attributes.TriesLeft > 0))
            .OrderByDescending(item => item.Attributes.Priority).FirstOrDefault();
        return best.Layout is null ? null
            : (best.Layout, $"{Name(disk, best.Layout)} has the highest priority ({best.Attributes.Priority}) of the partitions that may start, {(best.Attributes.IsSuccessful ? "and was started before" : $"with {best.Attributes.TriesLeft} tries left")}");
    }

    /// <summary>Of partitions whose type says what they are for the one with the newest version in its name is used (Discoverable Partitions Specification).</summary>
    private static (SystemLayout Layout, string? Reason)? ByVersion(DiskContents disk, IReadOnlyList<SystemLayout> layouts)
    {
        var named = layouts.Where(layout => disk.RoleOf(layout.Slot) is PartitionRole.Root or PartitionRole.User && Version(disk, layout) is not null)
            .OrderByDescending(layout => Version(disk, layout) ?? "", KernelVersionComparer.Instance).ToList();
        return named is [var first, var second, ..] && Version(disk, first) != Version(disk, second)
            ? (first, $"{Name(disk, first)} has the newest version in its name")
            : null;
    }

    private static string? Version(DiskContents disk, SystemLayout layout) =>
        disk.PartitionOf(layout.Slot)?.Name is { } name && name.LastIndexOf('_') is >= 0 and var mark && name[(mark + 1)..] is { Length: > 0 } version && char.IsAsciiDigit(version[0])
            ? version
            : null;

    private static string Name(DiskContents disk, SystemLayout layout) =>
        disk.PartitionOf(layout.Slot)?.Name is { } name ? $"{name} ({layout.Slot})" : layout.Slot;
}
