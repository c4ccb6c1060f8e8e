using Orchestration.DiskImages;
using Orchestration.DiskImages.Sources;
using Orchestration.GuestFixtures;
using Orchestration.Inspection.Mapping;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.RealGuests;

/// <summary>A Windows on a real NTFS: made by mkntfs, its files copied in by ntfs-3g, its hives added to by hivex.</summary>
public sealed class WindowsFileSystemTests : IDisposable
{
    private const string Version = @"Microsoft\Windows NT\CurrentVersion";

    private const int PartitionOffset = 1 << 20;

    private const int PartitionLength = 40 << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("windows-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RequiresLoopMountFact("mkntfs", "mount.ntfs-3g", "sfdisk", "hivexregedit")]
    public void A_Windows_guest_is_inspected_from_its_disk()
    {
        using var image = DiskImage.Open(new FileByteSource(MakeDisk()));
        var map = GuestMapper.Map(image);
        var guest = Guest.Open(image, map);

        Assert.Equal(("mbr", "ntfs"), (map.Disk.PartitionScheme, Assert.Single(map.FileSystems).Type));
        Assert.Equal(
            ("windows", "Windows Server 2022 Standard", "10.0.20348", "FS01"),
            (guest.OperatingSystem.Type, guest.OperatingSystem.ProductName, guest.OperatingSystem.Version, guest.OperatingSystem.Hostname));
        Assert.Equal("7-Zip", Assert.Single(guest.Windows.Programs).Name);
        Assert.Equal("automatic", guest.Windows.FindService("Spooler")?.Start);
        Assert.Equal(5, guest.Registry?.Value(@"HKLM\SYSTEM\CurrentControlSet\Control\Lsa", "LmCompatibilityLevel")?.Number);
        Assert.Empty(guest.Windows.Warnings);
    }

    private string MakeDisk()
    {
        var software = Hive("SOFTWARE", new RegistryHiveBuilder().Text(Version, "ProductName", "Windows Server 2022 Standard").Text(Version, "CurrentBuildNumber", "20348")
            .Number(Version, "CurrentMajorVersionNumber", 10).Number(Version, "CurrentMinorVersionNumber", 0).Text(Version, "InstallationType", "Server").Key(@"Microsoft\Windows\CurrentVersion\Uninstall"));
        var system = Hive("SYSTEM", new RegistryHiveBuilder().Number("Select", "Current", 1).Text(@"ControlSet001\Services\Tcpip\Parameters", "Hostname", "FS01")
            .Number(@"ControlSet001\Services\Spooler", "Type", 0x10).Number(@"ControlSet001\Services\Spooler", "Start", 2).Key(@"ControlSet001\Control"));

        // What hivex adds lies where it found room, as in a hive that Windows has long used.
        Merge(software, @"HKEY_LOCAL_MACHINE\SOFTWARE", """
            [HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\7-Zip]
            "DisplayName"="7-Zip"
            "DisplayVersion"="23.01"
            """);
        Merge(system, @"HKEY_LOCAL_MACHINE\SYSTEM", """
            [HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Control\Lsa]
            "LmCompatibilityLevel"=dword:00000005
            """);

        var fileSystem = Path.Combine(_folder, "ntfs.img");
        using (var file = File.Create(fileSystem))
        {
            file.SetLength(PartitionLength);
        }

        Tool.Run("mkntfs", "-q", "-F", "-p", "2048", "-H", "255", "-S", "63", "-L", "System", fileSystem);
        LoopMount.While(
            fileSystem,
            "",
            root =>
            {
                var config = Directory.CreateDirectory(Path.Combine(root, "Windows", "System32", "config")).FullName;
                File.Copy(software, Path.Combine(config, "SOFTWARE"));
                File.Copy(system, Path.Combine(config, "SYSTEM"));
            },
            "ntfs-3g");
        var disk = Path.Combine(_folder, "disk.img");
        using (var file = File.Create(disk))
        {
            file.SetLength(PartitionOffset + PartitionLength);
        }

        Tool.Run("sfdisk", ["--quiet", "--no-reread", "--no-tell-kernel", disk], "label: dos\nstart=2048, type=7, bootable\n");
        using var target = File.OpenWrite(disk);
        using var source = File.OpenRead(fileSystem);
        target.Position = PartitionOffset;
        source.CopyTo(target);
        return disk;
    }

    private string Hive(string name, RegistryHiveBuilder hive)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, hive.Build());
        return path;
    }

    private static void Merge(string hive, string prefix, string entries) =>
        Tool.Run("hivexregedit", ["--merge", "--prefix", prefix, hive], $"Windows Registry Editor Version 5.00\n\n{entries}\n");
}
