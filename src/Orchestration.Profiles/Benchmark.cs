namespace Orchestration.Profiles;

/// <summary>A place in a published benchmark that asks for what a check looks at. Numbers are facts; the wording is not repeated.</summary>
/// <param name="Benchmark">Name and version of the benchmark.</param>
/// <param name="Section">Its number there.</param>
/// <param name="Level">The level for servers from which it is asked; null where the benchmark has no levels.</param>
public sealed record Reference(string Benchmark, string Section, int? Level = null)
{
    /// <summary>As reports print it.</summary>
    public override string ToString() => $"{Benchmark} {Section}";
}

/// <summary>The benchmarks that checks refer to, by the version whose numbers are used.</summary>
internal static class Benchmark
{
    public const string DebianName = "CIS Debian Linux 12 v1";

    public const string RedHatName = "CIS RHEL 9 v1";

    public const string LinuxName = "CIS Distribution Independent Linux v2";

    public const string WindowsName = "CIS Windows Server 2019 v1";

    public const string PciName = "PCI DSS 4.0";

    /// <summary>A section of the CIS Debian Linux 12 Benchmark, version 1.</summary>
    public static Reference Cis(string section, int level = 1) => new(DebianName, section, level);

    /// <summary>A section of the CIS Red Hat Enterprise Linux 9 Benchmark, version 1.</summary>
    public static Reference CisRedHat(string section, int level = 1) => new(RedHatName, section, level);

    /// <summary>A section of the CIS Distribution Independent Linux Benchmark, version 2.</summary>
    public static Reference CisLinux(string section, int level = 1) => new(LinuxName, section, level);

    /// <summary>A section of the CIS Microsoft Windows Server 2019 Benchmark, version 1.1: all that are used are of its first level.</summary>
    public static Reference CisWindows(string section) => new(WindowsName, section, 1);

    /// <summary>A requirement of PCI DSS 4.0.</summary>
    public static Reference Pci(string requirement) => new(PciName, requirement);
}
