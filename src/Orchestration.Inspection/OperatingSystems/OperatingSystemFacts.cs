namespace Orchestration.Inspection.OperatingSystems;

/// <summary>What the guest is.</summary>
public sealed record OperatingSystemFacts : FactSet
{
    /// <summary><c>linux</c>, <c>windows</c>, <c>freebsd</c>, <c>netbsd</c> or <c>openbsd</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The <c>ID</c> of os-release(5), whatever it is; <c>unknown</c> where the guest does not say.</summary>
    public required string Distribution { get; init; }

    /// <summary>
    /// Distributions made alike: <c>debian</c>, <c>redhat</c>, <c>suse</c>, <c>alpine</c>, <c>arch</c>, …; null where neither the id nor what it derives from is known.
    /// </summary>
    public string? Family { get; init; }

    /// <summary>The distributions it derives from, nearest first, as it says itself.</summary>
    public IReadOnlyList<string> DerivedFrom { get; init; } = [];

    public string? ProductName { get; init; }

    /// <summary>As the distribution writes it, with the point release where known: <c>12.5</c>, <c>22.04</c>; null for a rolling one.</summary>
    public string? Version { get; init; }

    public int? MajorVersion { get; init; }

    public int? MinorVersion { get; init; }

    public string? Codename { get; init; }

    /// <summary>The distribution's own word for what kind of installation it is: <c>server</c>, <c>container</c>, <c>workstation</c>, for Windows <c>Server</c>, <c>Server Core</c>, <c>Client</c>; null where it says nothing.</summary>
    public string? Variant { get; init; }

    /// <summary>Windows' word for what was bought: <c>ServerDatacenter</c>, <c>Professional</c>; null elsewhere.</summary>
    public string? Edition { get; init; }

    /// <summary>The image that the guest was made from, or its build number, for Windows with the revision: <c>20348.2113</c>; null where it says nothing.</summary>
    public string? BuildId { get; init; }

    /// <summary>The last day on which the distribution promises updates, by its own <c>SUPPORT_END</c>; null where it says nothing.</summary>
    public DateOnly? SupportEnds { get; init; }

    public string? Hostname { get; init; }

    /// <summary>As <c>uname -m</c> names it: <c>x86_64</c>, <c>aarch64</c>, …; null where no program tells.</summary>
    public string? Architecture { get; init; }

    /// <summary><c>deb</c>, <c>rpm</c>, <c>apk</c>, <c>pacman</c>, …; null where no package database is known.</summary>
    public string? PackageFormat { get; init; }

    /// <summary><c>apt</c>, <c>dnf</c>, …; null where none is known.</summary>
    public string? PackageManager { get; init; }

    /// <summary>machine-id(5); null where empty or <c>uninitialized</c>, as in a template.</summary>
    public string? MachineId { get; init; }

    /// <summary><c>systemd</c>, <c>sysvinit</c>, <c>openrc</c>, <c>busybox</c>, …; null where there is no init, as in a container.</summary>
    public string? InitSystem { get; init; }
}
