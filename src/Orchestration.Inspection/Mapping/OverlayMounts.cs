using Orchestration.Inspection.Files;
using Orchestration.Inspection.Mapping.Layouts;

namespace Orchestration.Inspection.Mapping;

/// <summary>
/// Overlays that fstab describes, as systems with a read-only root have one at <c>/etc</c> (openSUSE MicroOS, SteamOS): what was changed lies on another
/// file system and would be missed. One whose layers are not all on this disk stays listed.
/// </summary>
internal static class OverlayMounts
{
    /// <summary>Where the initial RAM disk, which mounts it, has the root.</summary>
    private const string InitialRoot = "/sysroot";

    private const int MaximumLayers = 64;

    /// <param name="disk">The disk.</param>
    /// <param name="plan">What is mounted, overlays only listed.</param>
    /// <returns>The plan with its overlays mounted.</returns>
    public static IReadOnlyList<MountMap> Resolve(DiskContents disk, IReadOnlyList<MountMap> plan)
    {
        if (!plan.Any(IsOverlay))
        {
            return plan;
        }

        var reader = new FactReader(disk.Assemble(plan));
        return [.. plan.Select(mount => IsOverlay(mount) && FindLayers(reader, plan, mount) is [var top, .. var below]
            ? mount with { Device = top.Device, Subvolume = top.Subvolume, Directory = top.Directory, Below = below, State = MountState.Mounted, Reason = null }
            : mount)];
    }

    private static bool IsOverlay(MountMap mount) => mount is { Type: "overlay", State: MountState.Listed } && mount.MountPoint != "/" && Option(mount, "lowerdir=") is not null;

    private static string? Option(MountMap mount, string name) => mount.Options.LastOrDefault(option => option.StartsWith(name, StringComparison.Ordinal))?[name.Length..];

    /// <summary>The topmost first; none where one that must be there is not.</summary>
    private static LayerMap[] FindLayers(FactReader reader, IReadOnlyList<MountMap> plan, MountMap mount)
    {
        var lower = Option(mount, "lowerdir=")?.Split(':', StringSplitOptions.RemoveEmptyEntries).Take(MaximumLayers).Select(path => Find(reader, plan, path)).ToList() ?? [];

        // The upper one is made when the machine first starts.
        var upper = Option(mount, "upperdir=") is { } path ? Find(reader, plan, path) : null;
        return lower.Count == 0 || lower.Contains(null) ? [] : [.. lower.Prepend(upper).OfType<LayerMap>()];
    }

    private static LayerMap? Find(FactReader reader, IReadOnlyList<MountMap> plan, string path)
    {
        var place = path == InitialRoot || path.StartsWith(InitialRoot + "/", StringComparison.Ordinal) ? GuestPath.Normalize(path[InitialRoot.Length..]) : GuestPath.Normalize(path);
        if (reader.Find(place) is not { IsDirectory: true, RealPath: var real })
        {
            return null;
        }

        var mount = plan.Where(item => item.State == MountState.Mounted && IsBelow(real, item.MountPoint)).MaxBy(item => item.MountPoint.Length);
        return mount is { Device: { } device, Below.Count: 0 }
            ? new LayerMap(device, mount.Subvolume, GuestPath.Normalize($"{mount.Directory}/{real[mount.MountPoint.TrimEnd('/').Length..]}"))
            : null;
    }

    private static bool IsBelow(string path, string mountPoint) => mountPoint == "/" || path == mountPoint || path.StartsWith(mountPoint + "/", StringComparison.Ordinal);
}
