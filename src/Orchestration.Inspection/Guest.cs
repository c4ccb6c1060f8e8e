using Orchestration.DiskImages;
using Orchestration.DiskImages.FileSystems;
using Orchestration.DiskImages.Sources;
using Orchestration.Inspection.AccessControl;
using Orchestration.Inspection.Authentication;
using Orchestration.Inspection.Boot;
using Orchestration.Inspection.Boot.InitialRamdisks;
using Orchestration.Inspection.Certificates;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Firewalls;
using Orchestration.Inspection.KernelSettings;
using Orchestration.Inspection.Logging;
using Orchestration.Inspection.Mapping;
using Orchestration.Inspection.Mapping.Layouts;
using Orchestration.Inspection.Network;
using Orchestration.Inspection.OperatingSystems;
using Orchestration.Inspection.Packages;
using Orchestration.Inspection.Scheduling;
using Orchestration.Inspection.Services;
using Orchestration.Inspection.Software;
using Orchestration.Inspection.Ssh;
using Orchestration.Inspection.Storage;
using Orchestration.Inspection.Users;
using Orchestration.Inspection.Windows;

namespace Orchestration.Inspection;

/// <summary>
/// A guest: its files, and what is known of it. Facts are computed when first asked for, once; safe for concurrent use.
/// A failure of storage while computing one is remembered like a result: a retry opens the guest again.
/// </summary>
public sealed class Guest
{
    /// <summary>Of programs and kernels only the header is read; of directories and links only that they are there.</summary>
    internal const int HeaderBytes = 64;

    private readonly List<string> _paths = [];
    private readonly List<string> _headerPaths = [];
    private readonly Lazy<WindowsRegistry?> _registry;
    private readonly Lazy<WindowsFacts> _windows;
    private readonly Lazy<OperatingSystemFacts> _operatingSystem;
    private readonly Lazy<PackageFacts> _packages;
    private readonly Lazy<ServiceFacts> _services;
    private readonly Lazy<SoftwareFacts> _software;
    private readonly Lazy<UserFacts> _users;
    private readonly Lazy<NetworkFacts> _network;
    private readonly Lazy<SshFacts> _ssh;
    private readonly Lazy<FirewallFacts> _firewall;
    private readonly Lazy<AccessControlFacts> _accessControl;
    private readonly Lazy<SchedulingFacts> _scheduling;
    private readonly Lazy<BootFacts> _boot;
    private readonly Lazy<InitialRamdiskFacts> _initialRamdisk;
    private readonly Lazy<StorageFacts> _storage;
    private readonly Lazy<KernelSettingFacts> _kernelSettings;
    private readonly Lazy<AuthenticationFacts> _authentication;
    private readonly Lazy<LoggingFacts> _logging;
    private readonly Lazy<CertificateFacts> _certificates;

    /// <param name="files">The guest's files.</param>
    /// <param name="map">Where they lie.</param>
    public Guest(GuestTree files, GuestMap map)
    {
        Files = files;
        Map = map;
        _registry = new Lazy<WindowsRegistry?>(() => WindowsRegistry.Find(files));
        _windows = Define([], WindowsRegistry.HivePaths, reader => WindowsReader.Read(reader, Registry));
        _operatingSystem = Define(OperatingSystemReader.Paths, OperatingSystemReader.HeaderPaths, reader => OperatingSystemReader.Read(reader, Registry), new OperatingSystemFacts { Type = "unknown", Distribution = "unknown" });
        _packages = Define(PackageReader.Paths, [], PackageReader.Read);
        _services = Define(ServiceReader.Paths, [], ServiceReader.Read);
        _software = Define([], SoftwareReader.HeaderPaths, reader => SoftwareReader.Read(reader, Packages, Services));
        _users = Define(UserReader.Paths, [], UserReader.Read);
        _network = Define(NetworkReader.Paths, [], NetworkReader.Read);
        _ssh = Define(SshdConfigurationReader.Paths, SshdConfigurationReader.HeaderPaths, SshdConfigurationReader.Read);
        _firewall = Define(FirewallReader.Paths, FirewallReader.HeaderPaths, reader => FirewallReader.Read(reader, Services, Registry));
        _accessControl = Define(AccessControlReader.Paths, AccessControlReader.HeaderPaths, reader => AccessControlReader.Read(reader, Services, Boot), AccessControlFacts.Unknown);
        _scheduling = Define(SchedulingReader.Paths, SchedulingReader.HeaderPaths, reader => SchedulingReader.Read(reader, Services));
        _boot = Define(BootReader.Paths, BootReader.HeaderPaths, BootReader.Read);
        _initialRamdisk = Define([], [], reader => InitialRamdiskReader.Read(reader, Boot));
        _storage = Define(StorageReader.Paths, [], reader => StorageReader.Read(reader, map));
        _kernelSettings = Define(KernelSettingReader.Paths, KernelSettingReader.HeaderPaths, reader => KernelSettingReader.Read(reader, Boot, Firewall));
        _authentication = Define(AuthenticationReader.Paths, [], AuthenticationReader.Read);
        _logging = Define(LoggingReader.Paths, [], LoggingReader.Read);
        _certificates = Define([], CertificateReader.HeaderPaths, CertificateReader.Read);
    }

    public GuestMap Map { get; }

    public GuestTree Files { get; }

    /// <summary>The registry of a Windows guest; null for others.</summary>
    /// <exception cref="InspectionException">Damage hides which of both the guest is.</exception>
    public WindowsRegistry? Registry => _registry.Value;

    /// <summary>What the registry says; empty where the guest is no Windows.</summary>
    public WindowsFacts Windows => _windows.Value;

    public OperatingSystemFacts OperatingSystem => _operatingSystem.Value;

    public PackageFacts Packages => _packages.Value;

    public ServiceFacts Services => _services.Value;

    public SoftwareFacts Software => _software.Value;

    public UserFacts Users => _users.Value;

    public NetworkFacts Network => _network.Value;

    public SshFacts Ssh => _ssh.Value;

    public FirewallFacts Firewall => _firewall.Value;

    public AccessControlFacts AccessControl => _accessControl.Value;

    public SchedulingFacts Scheduling => _scheduling.Value;

    public BootFacts Boot => _boot.Value;

    /// <summary>What the default kernel's initial RAM disk holds: the only fact for which tens of megabytes are read.</summary>
    public InitialRamdiskFacts InitialRamdisk => _initialRamdisk.Value;

    public StorageFacts Storage => _storage.Value;

    public KernelSettingFacts KernelSettings => _kernelSettings.Value;

    public AuthenticationFacts Authentication => _authentication.Value;

    public LoggingFacts Logging => _logging.Value;

    public CertificateFacts Certificates => _certificates.Value;

    /// <summary>Opens the guest that <paramref name="map"/> describes, without detecting anything again.</summary>
    /// <exception cref="InspectionException"><see cref="InspectionError.MapMismatch"/>: the map is not of this image.</exception>
    public static Guest Open(DiskImage image, GuestMap map)
    {
        if (image.Content.Length != map.Disk.VirtualSizeBytes)
        {
            throw MountedTrees.Mismatch($"a disk of {map.Disk.VirtualSizeBytes} bytes", $"{image.Content.Length} bytes");
        }

        var opened = new Dictionary<string, IFileSystem>(StringComparer.Ordinal);
        IFileSystem OpenDevice(string device)
        {
            if (!opened.TryGetValue(device, out var fileSystem))
            {
                opened[device] = fileSystem = OpenFileSystem(image, map, device);
            }

            return fileSystem;
        }

        return new Guest(new GuestTree(MountedTrees.Open(map.Mounts, OpenDevice)), map);
    }

    /// <summary>
    /// Says that every fact will be asked for, so that what they rest on is fetched together. Without it each fact announces its own files.
    /// </summary>
    public void Prefetch()
    {
        Files.Prefetch(_headerPaths, HeaderBytes);
        Files.Prefetch(_paths);
    }

    private Lazy<T> Define<T>(IReadOnlyList<string> paths, IReadOnlyList<string> headerPaths, Func<FactReader, T> read)
        where T : FactSet, new() => Define(paths, headerPaths, read, new T());

    /// <param name="paths">Files that it rests on.</param>
    /// <param name="headerPaths">Files of which the beginning is enough.</param>
    /// <param name="read">Computes it.</param>
    /// <param name="unknown">What holds where it cannot be computed: one part that fails must not take the others with it.</param>
    private Lazy<T> Define<T>(IReadOnlyList<string> paths, IReadOnlyList<string> headerPaths, Func<FactReader, T> read, T unknown)
        where T : FactSet
    {
        _paths.AddRange(paths);
        _headerPaths.AddRange(headerPaths);
        return new Lazy<T>(() =>
        {
            var reader = new FactReader(Files);
            try
            {
                Files.Prefetch(headerPaths, HeaderBytes);
                Files.Prefetch(paths);
                return read(reader);
            }
            catch (Exception exception) when (FailsAlone(exception))
            {
                reader.WarnUnreadable((exception as InspectionException)?.Path ?? "/", $"this part of the inspection failed: {exception.Message}");
                return unknown with { Warnings = [.. reader.Warnings] };
            }
        });
    }

    /// <summary>Damage in the guest, and what a reader did not foresee in it. Storage that fails, and a process without memory, concern the whole job.</summary>
    private static bool FailsAlone(Exception exception) => exception switch
    {
        DiskImageException damage => FileSystemCache.IsDamage(damage),
        OperationCanceledException or OutOfMemoryException => false,
        _ => true,
    };

    private static IFileSystem OpenFileSystem(DiskImage image, GuestMap map, string device)
    {
        var expected = map.FileSystems.FirstOrDefault(candidate => candidate.Device == device);
        var others = map.FileSystems.Where(other => expected is { Type: "btrfs", Uuid: not null } && other.Device != device && other.Type == expected.Type && other.Uuid == expected.Uuid);
        var fileSystem = FileSystemDetector.Open(OpenVolume(image, map, device), [.. others.Select(other => OpenVolume(image, map, other.Device))]);
        return fileSystem.Identity.Type == expected?.Type && fileSystem.Identity.Uuid == expected.Uuid
            ? fileSystem
            : throw MountedTrees.Mismatch($"{expected?.Type} {expected?.Uuid} on {device}", $"{fileSystem.Identity.Type} {fileSystem.Identity.Uuid}");
    }

    // A partition is where the map says; what lies on several is put together again.
    private static IByteSource OpenVolume(DiskImage image, GuestMap map, string device)
    {
        if (map.Partitions.FirstOrDefault(candidate => candidate.Device == device) is { } partition)
        {
            return new SliceByteSource(image.Content, partition.OffsetBytes, partition.LengthBytes);
        }

        return map.Volumes.FirstOrDefault(volume => volume.Device == device)?.BackingFile is { } file && file.Device != device
            ? LiveMedium.Open(OpenFileSystem(image, map, file.Device), file.Path) ?? throw MountedTrees.Mismatch($"a file {file.Path} on {file.Device}", "none")
            : image.Volumes.Volumes.FirstOrDefault(volume => volume.Device == device)?.Content ?? throw MountedTrees.Mismatch($"a volume {device}", "none");
    }
}
