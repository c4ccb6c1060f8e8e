using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Boot;

/// <summary>How the guest would start.</summary>
public sealed record BootFacts : FactSet
{
    /// <summary>Kernels, newest version last as <c>/boot</c> and <c>/lib/modules</c> name them.</summary>
    public IReadOnlyList<Kernel> Kernels { get; init; } = [];

    /// <summary><c>grub2</c>, <c>grub</c> (before version 2), <c>systemd-boot</c>, <c>extlinux</c>, <c>syslinux</c>; null where none is found.</summary>
    public string? BootLoader { get; init; }

    /// <summary>The boot loader's configuration; null where none is found.</summary>
    public string? ConfigurationFile { get; init; }

    public IReadOnlyList<BootEntry> Entries { get; init; } = [];

    /// <summary>The entry that starts without anybody choosing; null where it cannot be told.</summary>
    public BootEntry? DefaultEntry { get; init; }

    /// <summary>The file with the command line of <see cref="DefaultEntry"/>: its own, where it has one.</summary>
    public string? DefaultEntryFile => DefaultEntry?.File ?? ConfigurationFile;

    /// <summary>The kernel that starts without anybody choosing: the default entry's, without one the newest that has an image.</summary>
    public Kernel? DefaultKernel =>
        (DefaultEntry is { } entry ? Kernels.FirstOrDefault(kernel => kernel.Image is { } image && GuestPath.Name(image) == GuestPath.Name(entry.KernelPath)) : null)
        ?? Kernels.LastOrDefault(kernel => kernel.Image is not null);

    /// <summary>Editing entries or choosing restricted ones asks for a password.</summary>
    public bool HasPassword { get; init; }

    /// <summary>The default entry's kernel parameters of these names, as written.</summary>
    public IReadOnlyList<string> Parameters(params IReadOnlyList<string> names) =>
        [.. (DefaultEntry?.Parameters ?? []).Where(parameter => names.Contains(parameter.Split('=')[0]))];
}

/// <param name="Version">As <c>uname -r</c> gives it.</param>
/// <param name="Image">Path of the kernel; null where only its modules are left.</param>
/// <param name="InitialRamdisk">Path; null where there is none.</param>
/// <param name="Modules">Its directory in <c>/lib/modules</c>; null where there is none.</param>
public sealed record Kernel(string Version, string? Image, string? InitialRamdisk, string? Modules);

/// <param name="Title">As the menu shows it.</param>
/// <param name="Id">As <c>--id</c> or <c>$menuentry_id_option</c> names it; null without one.</param>
/// <param name="KernelPath">As the boot loader names it, relative to the file system it reads.</param>
/// <param name="Parameters">The kernel command line.</param>
/// <param name="Line">Line of the kernel in <see cref="File"/>, or in the boot loader's configuration file; null where it stands in no text.</param>
public sealed record BootEntry(string Title, string? Id, string KernelPath, IReadOnlyList<string> Parameters, int? Line)
{
    /// <summary>Its own file, where it has one; null where it stands in the boot loader's configuration file.</summary>
    public string? File { get; init; }

    /// <summary>Initial RAM disks as the boot loader names them.</summary>
    public IReadOnlyList<string> InitialRamdisks { get; init; } = [];
}
