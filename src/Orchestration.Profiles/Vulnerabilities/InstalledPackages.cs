using Orchestration.Inspection;
using Orchestration.Inspection.Packages;

namespace Orchestration.Profiles.Vulnerabilities;

/// <summary>An installed package under a name that advisories may use.</summary>
/// <param name="Name">The package's own name, or its source's.</param>
/// <param name="Version">The version that goes with that name.</param>
/// <param name="Package">The package.</param>
internal sealed record Candidate(string Name, string Version, Package Package);

/// <summary>What is installed, under the names that advisories use: Debian's name sources, Red Hat's relatives name binaries or sources.</summary>
internal static class InstalledPackages
{
    // The packages that contain a kernel's code; headers and tools of the same source are not attacked through its flaws.
    private static readonly string[] RpmKernels =
        ["kernel", "kernel-core", "kernel-modules", "kernel-modules-core", "kernel-modules-extra", "kernel-uek", "kernel-uek-core", "kernel-default", "linux"];

    private static readonly string[] DebianKernels = ["linux-image-", "linux-modules-"];

    /// <returns>The candidates, and how many kernel packages are not the one that boots.</returns>
    public static (IReadOnlyList<Candidate> Candidates, int OtherKernels) Read(Guest guest)
    {
        var booted = FindBootedKernel(guest);
        var candidates = new List<Candidate>();
        var others = 0;
        foreach (var package in guest.Packages.Installed)
        {
            if (IsKernelSource(package))
            {
                if (!IsBooted(package, booted))
                {
                    others++;
                    continue;
                }

                // linux-signed-amd64 6.1.90+1 is linux 6.1.90-1, signed.
                candidates.Add(package.Format == "deb" ? new Candidate("linux", package.Version, package) : new Candidate(package.Name, package.Version, package));
                if (package.Format != "deb" && package.SourceName != package.Name)
                {
                    candidates.Add(new Candidate(package.SourceName, package.SourceVersion, package));
                }

                continue;
            }

            candidates.Add(new Candidate(package.SourceName, package.SourceVersion, package));
            if (package.Format is not ("deb" or "apk") && package.Name != package.SourceName)
            {
                candidates.Add(new Candidate(package.Name, package.Version, package));
            }
        }

        return (candidates, others);
    }

    /// <summary>Release of the kernel that starts by default, else of the newest; null where the guest has none, as a container.</summary>
    private static string? FindBootedKernel(Guest guest) =>
        guest.Boot.DefaultEntry is { KernelPath: var path } && guest.Boot.Kernels.FirstOrDefault(kernel => path.EndsWith($"-{kernel.Version}", StringComparison.Ordinal)) is { } booted
            ? booted.Version
            : guest.Boot.Kernels is [.., var newest] ? newest.Version : null;

    private static bool IsKernelSource(Package package) => package.Format switch
    {
        "deb" => package.SourceName == "linux" || package.SourceName.StartsWith("linux-signed", StringComparison.Ordinal),
        "rpm" => package.SourceName is "kernel" or "kernel-uek" or "kernel-default" or "kernel-source" or "linux",
        _ => false,
    };

    private static bool IsBooted(Package package, string? booted)
    {
        if (booted is null)
        {
            return false;
        }

        // rpm: the release is version-release.arch without the epoch.
        return package.Format == "deb"
            ? DebianKernels.Any(prefix => package.Name == prefix + booted || package.Name == $"{prefix}unsigned-{booted}")
            : RpmKernels.Contains(package.Name) && $"{package.Version[(package.Version.IndexOf(':', StringComparison.Ordinal) + 1)..]}.{package.Architecture}" == booted;
    }
}
