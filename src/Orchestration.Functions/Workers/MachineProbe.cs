using System.Runtime.InteropServices;

namespace Orchestration.Functions.Workers;

/// <summary>Looks what the machine has. Nothing is taken for granted, nothing is run: files and limits only.</summary>
public static class MachineProbe
{
    private static readonly string[] KnownTools =
        ["qemu-img", "qemu-nbd", "mount", "lvm", "mdadm", "cryptsetup", "fsck.ext4", "xfs_repair", "btrfs", "ntfsfix", "restorecon", "virt-inspector"];

    // Administrators' tools are not on everybody's path.
    private static readonly string[] SystemFolders = ["/usr/sbin", "/sbin", "/usr/local/sbin"];

    /// <summary>Programs on the path, by name, with where they are.</summary>
    public static IReadOnlyDictionary<string, string> FindTools()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(SystemFolders).Where(folder => folder.Length > 0).ToList();
        return KnownTools
            .Select(tool => (tool, file: folders.Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists)))
            .Where(found => found.file is not null)
            .ToDictionary(found => found.tool, found => found.file ?? "", StringComparer.Ordinal);
    }

    /// <summary>What the kernel and the tools offer to this process: <c>loop</c>, <c>nbd</c>, <c>mount</c>, <c>selinux</c>, <c>apparmor</c>.</summary>
    public static IEnumerable<string> FindFeatures(IReadOnlyDictionary<string, string> tools)
    {
        (string Feature, bool There)[] features =
        [
            ("loop", CanOpen("/dev/loop-control")),
            ("nbd", tools.ContainsKey("qemu-nbd") && CanOpen("/dev/nbd0")),
            ("mount", Environment.IsPrivilegedProcess && tools.ContainsKey("mount") && HasSystemAdministration()),
            ("selinux", tools.ContainsKey("restorecon")),
            ("apparmor", Directory.Exists("/sys/module/apparmor")),
        ];
        return features.Where(feature => feature.There).Select(feature => feature.Feature);
    }

    /// <summary><c>host</c>, <c>safe_container</c> or <c>privileged_container</c>.</summary>
    public static string ExecutionMode() => !IsContainer() ? "host" : HasSystemAdministration() ? "privileged_container" : "safe_container";

    /// <summary>Memory that the process may use, in GiB.</summary>
    public static double MemoryGb() => Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30), 1);

    /// <summary>Free space where temporary files go, in GiB.</summary>
    public static double FreeDiskGb()
    {
        try
        {
            return Math.Round(new DriveInfo(Path.GetTempPath()).AvailableFreeSpace / (double)(1L << 30), 1);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return 0;
        }
    }

    /// <summary>Version of the kernel, as Linux tells it; elsewhere of the operating system.</summary>
    public static string KernelVersion() => ReadLine("/proc/sys/kernel/osrelease") ?? Environment.OSVersion.Version.ToString();

    private static bool IsContainer() =>
        Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") is "true" or "1"
        || Environment.GetEnvironmentVariable("WEBSITE_INSTANCE_ID") is not null
        || File.Exists("/.dockerenv")
        || File.Exists("/run/.containerenv")
        || ReadLine("/proc/1/cgroup") is { } group && (group.Contains("docker", StringComparison.Ordinal) || group.Contains("kubepods", StringComparison.Ordinal) || group.Contains("lxc", StringComparison.Ordinal));

    /// <summary>Whether the process has CAP_SYS_ADMIN, bit 21 of its effective capabilities.</summary>
    private static bool HasSystemAdministration()
    {
        const int Bit = 21;
        try
        {
            var line = RuntimeInformation.IsOSPlatform(OSPlatform.Linux)
                ? File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith("CapEff:", StringComparison.Ordinal))
                : null;
            return line is null
                ? Environment.IsPrivilegedProcess
                : (Convert.ToUInt64(line["CapEff:".Length..].Trim(), 16) & (1UL << Bit)) != 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return false;
        }
    }

    private static bool CanOpen(string device)
    {
        try
        {
            using var handle = File.OpenHandle(device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return false;
        }
    }

    private static string? ReadLine(string file)
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
