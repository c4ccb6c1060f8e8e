using System.Globalization;
using System.Text.RegularExpressions;
using Orchestration.Inspection.Windows.Registry;

namespace Orchestration.Inspection.Windows;

/// <summary>Reads <see cref="WindowsFacts"/>. A damaged hive costs what stands in it, and a warning.</summary>
internal static partial class WindowsReader
{
    private const string Software = @"HKLM\SOFTWARE";
    private const string System = @"HKLM\SYSTEM\CurrentControlSet";
    private const string Servicing = $@"{Software}\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages";

    /// <summary>The state of a servicing package that is installed.</summary>
    private const long Installed = 112;

    private static readonly string[] Hives = ["SOFTWARE", "SYSTEM", "SAM"];

    private static readonly (string Path, string? Architecture)[] ProgramViews =
    [
        ($@"{Software}\Microsoft\Windows\CurrentVersion\Uninstall", null), ($@"{Software}\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall", "x86"),
    ];

    public static WindowsFacts Read(FactReader reader, WindowsRegistry? registry)
    {
        if (registry is null)
        {
            return new WindowsFacts { Warnings = reader.Warnings };
        }

        T Part<T>(Func<T> read, T nothing)
        {
            try
            {
                return read();
            }
            catch (InspectionException exception)
            {
                reader.WarnUnreadable(exception.Path ?? registry.SystemRoot, exception.Message);
                return nothing;
            }
        }

        var replayed = new Dictionary<string, int>();
        foreach (var name in Hives)
        {
            var hive = Part(() => registry.Hive(name), null);
            if (hive is { IsIncomplete: true })
            {
                reader.Warn($"{registry.SystemRoot}/System32/config/{name}", "was in use when the machine stopped, and no log completes it: the last changes may be missing");
            }
            else if (hive is { ReplayedEntries: > 0 and var entries })
            {
                replayed[name] = entries;
            }
        }

        return new WindowsFacts
        {
            SystemRoot = registry.SystemRoot,
            ReplayedHives = replayed,
            Services = Part(() => ReadServices(registry), []),
            Programs = Part(() => ReadPrograms(registry), []),
            Updates = Part(() => ReadUpdates(registry), []),
            ServicingPackages = Part(() => ReadServicingPackages(registry), []),
            StorePackages = Part(() => ReadStorePackages(registry), []),
            Users = Part(() => WindowsUserReader.Read(registry), []),
            Interfaces = Part(() => ReadInterfaces(registry), []),
            Firewall = Part(() => ReadFirewall(registry), new Dictionary<string, bool>()),
            RemoteDesktopEnabled = Part(() => registry.Value($@"{System}\Control\Terminal Server", "fDenyTSConnections")?.Number is { } denied ? denied == 0 : (bool?)null, null),
            Warnings = reader.Warnings,
        };
    }

    private static IReadOnlyList<WindowsService> ReadServices(WindowsRegistry registry) =>
    [
        .. from key in Subkeys(registry, $@"{System}\Services")
           let type = key.Number("Type")
           let start = key.Number("Start")
           where type is not null && start is not null
           orderby key.Name.ToUpperInvariant()
           select new WindowsService(
               key.Name,
               key.Text("DisplayName"),
               start switch { 0 => "boot", 1 => "system", 2 => key.Number("DelayedAutostart") == 1 ? "automatic-delayed" : "automatic", 3 => "manual", _ => "disabled" },
               (type & 0x3B) switch { 1 => "driver", 2 or 8 => "file-system", var service when (service & 0x20) != 0 => "shared-service", _ => "service" },
               key.Text("ImagePath"),
               key.Text("ObjectName")),
    ];

    /// <summary>What Windows itself hides, and updates of programs, are left out, as in its own list.</summary>
    private static IReadOnlyList<WindowsProgram> ReadPrograms(WindowsRegistry registry) =>
    [
        .. from view in ProgramViews
           from key in Subkeys(registry, view.Path)
           let name = key.Text("DisplayName")
           where name is not null && key.Number("SystemComponent") != 1 && key.Text("ParentKeyName") is null
           orderby name.ToUpperInvariant(), key.Name
           select new WindowsProgram(
               name,
               key.Text("DisplayVersion"),
               key.Text("Publisher"),
               DateOnly.TryParseExact(key.Text("InstallDate"), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null,
               view.Architecture,
               key.Name),
    ];

    /// <summary>One update brings many servicing packages: the first that is installed stands for it.</summary>
    private static IReadOnlyList<WindowsUpdate> ReadUpdates(WindowsRegistry registry) =>
    [
        .. (from key in Subkeys(registry, Servicing)
            where key.Number("CurrentState") == Installed && KnowledgeBaseNumber().IsMatch(key.Name)
            let high = key.Number("InstallTimeHigh")
            let low = key.Number("InstallTimeLow")
            select new WindowsUpdate(
                KnowledgeBaseNumber().Match(key.Name).Value.ToUpperInvariant(),
                key.Name,
                high is not null && low is not null ? WindowsTime.Parse((long)(((ulong)high << 32) | (ulong)low)) : null))
            .DistinctBy(update => update.Id).OrderBy(update => update.Id, StringComparer.Ordinal),
    ];

    private static IReadOnlyList<string> ReadServicingPackages(WindowsRegistry registry) =>
    [
        .. Subkeys(registry, Servicing).Where(key => key.Number("CurrentState") == Installed && !KnowledgeBaseNumber().IsMatch(key.Name))
            .Select(key => key.Name).Order(StringComparer.OrdinalIgnoreCase),
    ];

    private static IReadOnlyList<string> ReadStorePackages(WindowsRegistry registry) =>
    [
        .. Subkeys(registry, $@"{Software}\Microsoft\Windows\CurrentVersion\Appx\AppxAllUserStore\Applications").Select(key => key.Name).Order(StringComparer.OrdinalIgnoreCase),
    ];

    private static IReadOnlyList<WindowsInterface> ReadInterfaces(WindowsRegistry registry) =>
    [
        .. from key in Subkeys(registry, $@"{System}\Services\Tcpip\Parameters\Interfaces")
           let addresses = key.Value("IPAddress")?.Texts ?? []
           let masks = key.Value("SubnetMask")?.Texts ?? []
           select new WindowsInterface(
               key.Name,
               key.Number("EnableDHCP") == 1,
               [.. addresses.Select((address, index) => index < masks.Count ? $"{address}/{masks[index]}" : address)],
               key.Value("DefaultGateway")?.Texts ?? [],
               key.Text("NameServer")?.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries) ?? [],
               key.Text("DhcpIPAddress")),
    ];

    /// <summary>What group policy says wins over what was set by hand.</summary>
    private static Dictionary<string, bool> ReadFirewall(WindowsRegistry registry)
    {
        var profiles = new Dictionary<string, bool>();
        foreach (var (name, key) in new[] { ("domain", "DomainProfile"), ("private", "StandardProfile"), ("public", "PublicProfile") })
        {
            var enabled = registry.Value($@"{Software}\Policies\Microsoft\WindowsFirewall\{key}", "EnableFirewall")?.Number
                ?? registry.Value($@"{System}\Services\SharedAccess\Parameters\FirewallPolicy\{key}", "EnableFirewall")?.Number;
            if (enabled is not null)
            {
                profiles[name] = enabled != 0;
            }
        }

        return profiles;
    }

    private static IEnumerable<RegistryKey> Subkeys(WindowsRegistry registry, string path) => registry.Key(path)?.ReadSubkeys() ?? [];

    [GeneratedRegex(@"KB\d{5,9}", RegexOptions.IgnoreCase)]
    private static partial Regex KnowledgeBaseNumber();
}
