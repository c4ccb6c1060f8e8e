namespace Orchestration.Profiles;

/// <summary>How references to published benchmarks are written. Section numbers are facts; their wording is not repeated here.</summary>
internal static class Benchmark
{
    /// <summary>A section of the CIS Debian Linux 12 Benchmark, version 1.</summary>
    public static string Cis(string section) => $"CIS Debian Linux 12 v1 {section}";

    /// <summary>A section of the CIS Red Hat Enterprise Linux 9 Benchmark.</summary>
    public static string CisRedHat(string section) => $"CIS RHEL 9 {section}";

    /// <summary>A requirement of PCI DSS 4.0.</summary>
    public static string Pci(string requirement) => $"PCI DSS 4.0 {requirement}";
}
