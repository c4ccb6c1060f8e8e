using Orchestration.Inspection.Files;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Boot;

/// <summary>Kernels and the boot loader's choice among them.</summary>
internal static class BootReader
{
    // On the firmware's partition most have a file that only leads to the first ones; Red Hat's relatives before their ninth release have the menu there.
    private static readonly string[] GrubFiles = ["/boot/grub/grub.cfg", "/boot/grub2/grub.cfg", "/boot/efi/EFI/*/grub.cfg", "/efi/EFI/*/grub.cfg"];

    private static readonly string[] EnvironmentFiles = ["/boot/grub/grubenv", "/boot/grub2/grubenv", "/boot/efi/EFI/*/grubenv", "/efi/EFI/*/grubenv"];

    // A boot loader's paths are relative to the file system that it reads.
    private static readonly string[] BootFileSystems = ["/boot", "/efi", "/boot/efi", "/"];

    private static readonly string[] KernelPrefixes = ["vmlinuz-", "vmlinux-"];

    public static IReadOnlyList<string> Paths { get; } = [.. GrubFiles, .. EnvironmentFiles, .. BootLoaderEntries.Paths, .. SimpleMenu.Paths];

    /// <summary>Directories whose names matter; kernels themselves are tens of megabytes.</summary>
    public static IReadOnlyList<string> HeaderPaths { get; } = ["/boot", "/lib/modules", .. UnifiedKernelImages.Paths];

    public static BootFacts Read(FactReader reader)
    {
        var menus = GrubFiles.SelectMany(reader.Texts).Select(source => (source.Path, Menu: GrubConfiguration.Parse(source.Text))).ToList();
        var (file, grub) = menus.Find(item => item.Menu.ReadsEntryFiles || item.Menu.Entries.Any()) is { Menu: not null } whole ? whole : menus.FirstOrDefault();
        var environment = ShellAssignments.Parse(EnvironmentFiles.SelectMany(reader.Glob).FirstOrDefault() is { } block ? reader.Text(block) ?? "" : "");
        IReadOnlyList<BootEntry> entries = [.. BootLoaderEntries.Read(reader, environment), .. grub is null ? UnifiedKernelImages.Read(reader) : []];
        var saved = environment.GetValueOrDefault("saved_entry")?.Value;
        var facts = grub switch
        {
            { ReadsEntryFiles: true } when entries.Count > 0 => new BootFacts
            {
                BootLoader = "grub2",
                ConfigurationFile = file,
                Entries = entries,
                DefaultEntry = entries.FirstOrDefault(entry => entry.Id == saved) ?? entries[0],
                HasPassword = grub.HasPassword,
            },
            not null => new BootFacts
            {
                BootLoader = "grub2",
                ConfigurationFile = file,
                Entries = [.. grub.Entries],
                DefaultEntry = grub.FindDefault(saved),
                HasPassword = grub.HasPassword,
            },
            null when (BootLoaderEntries.FindLoaderFile(reader) ?? (entries.Count > 0 ? BootLoaderEntries.FindLoaderProgram(reader) : null)) is { } loader => new BootFacts
            {
                BootLoader = "systemd-boot",
                ConfigurationFile = loader,
                Entries = entries,
                DefaultEntry = BootLoaderEntries.FindDefault(reader, loader, entries),
            },
            _ => SimpleMenu.Read(reader) ?? new BootFacts(),
        };
        return facts with { Kernels = ReadKernels(reader, facts.DefaultEntry), Warnings = reader.Warnings };
    }

    private static List<Kernel> ReadKernels(FactReader reader, BootEntry? defaultEntry)
    {
        var boot = reader.List("/boot").ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        var images = boot.Keys
            .Select(name => (Name: name, Prefix: KernelPrefixes.FirstOrDefault(prefix => name.StartsWith(prefix, StringComparison.Ordinal))))
            .Where(item => item.Prefix is not null)
            .ToDictionary(item => item.Name[(item.Prefix?.Length ?? 0)..], item => boot[item.Name].Path, StringComparer.Ordinal);
        var modules = reader.List("/lib/modules").Where(entry => entry.IsDirectory).ToDictionary(entry => entry.Name, entry => entry.Path, StringComparer.Ordinal);
        var started = defaultEntry is null ? null : FindStarted(reader, defaultEntry, modules);
        if (started is not null)
        {
            images.TryAdd(started.Version, started.Image);
        }

        return
        [
            .. from version in images.Keys.Union(modules.Keys).Order(KernelVersionComparer.Instance)
               select new Kernel(
                   version,
                   images.GetValueOrDefault(version),
                   new[] { $"initrd.img-{version}", $"initramfs-{version}.img", $"initrd-{version}", $"initramfs-{version}" }
                       .Where(boot.ContainsKey).Select(name => boot[name].Path).FirstOrDefault() ?? (version == started?.Version ? started.InitialRamdisk : null),
                   modules.GetValueOrDefault(version)),
        ];
    }

    /// <summary>
    /// The kernel of an entry where it lies deeper than <c>/boot</c> itself, as those of OSTree and systemd-boot do; null where its version cannot be told.
    /// </summary>
    private static Started? FindStarted(FactReader reader, BootEntry entry, Dictionary<string, string> modules)
    {
        var name = GuestPath.Name(entry.KernelPath);
        var version = KernelPrefixes.FirstOrDefault(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) is { } prefix
            ? name[prefix.Length..]
            : modules.Keys.FirstOrDefault(candidate => GuestPath.Split(entry.KernelPath).Contains(candidate, StringComparer.Ordinal));
        return version is not null && FindOnBootFileSystem(reader, entry.KernelPath) is { } image
            ? new Started(version, image, entry.InitialRamdisks.Select(path => FindOnBootFileSystem(reader, path)).LastOrDefault(path => path is not null))
            : null;
    }

    private static string? FindOnBootFileSystem(FactReader reader, string path) =>
        BootFileSystems.Select(mountPoint => GuestPath.Combine(mountPoint, path.TrimStart('/'))).FirstOrDefault(reader.Exists);

    private sealed record Started(string Version, string Image, string? InitialRamdisk);
}
