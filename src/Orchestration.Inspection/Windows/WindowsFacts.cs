namespace Orchestration.Inspection.Windows;

/// <summary>What the registry of a Windows guest says. Empty where the guest is no Windows.</summary>
public sealed record WindowsFacts : FactSet
{
    /// <summary>Guest path of the Windows directory; null where the guest is no Windows.</summary>
    public string? SystemRoot { get; init; }

    /// <summary>Hives that were completed from their transaction logs, with the number of entries that were missing in them.</summary>
    public IReadOnlyDictionary<string, int> ReplayedHives { get; init; } = new Dictionary<string, int>();

    /// <summary>Services and drivers, sorted by name.</summary>
    public IReadOnlyList<WindowsService> Services { get; init; } = [];

    /// <summary>What "Programs and Features" lists for all users, of both views, sorted by name.</summary>
    public IReadOnlyList<WindowsProgram> Programs { get; init; } = [];

    /// <summary>Installed updates by KB number, sorted.</summary>
    public IReadOnlyList<WindowsUpdate> Updates { get; init; } = [];

    /// <summary>
    /// Installed packages of component-based servicing that are no updates: features, language packs and the base, by full identity
    /// (<c>name~token~architecture~language~version</c>), sorted.
    /// </summary>
    public IReadOnlyList<string> ServicingPackages { get; init; } = [];

    /// <summary>Packages of the Store that are there for every user, by full name, sorted.</summary>
    public IReadOnlyList<string> StorePackages { get; init; } = [];

    /// <summary>Local accounts, sorted by number. Password hashes are never read.</summary>
    public IReadOnlyList<WindowsUser> Users { get; init; } = [];

    public IReadOnlyList<WindowsInterface> Interfaces { get; init; } = [];

    /// <summary>Windows Firewall by profile: <c>domain</c>, <c>private</c>, <c>public</c>; profiles that say nothing are absent.</summary>
    public IReadOnlyDictionary<string, bool> Firewall { get; init; } = new Dictionary<string, bool>();

    /// <summary>Connections by Remote Desktop are accepted; null where not said.</summary>
    public bool? RemoteDesktopEnabled { get; init; }

    /// <summary>The service of that name; null where there is none.</summary>
    public WindowsService? FindService(string name) => Services.FirstOrDefault(service => service.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

/// <param name="Name">Name of its key.</param>
/// <param name="DisplayName">As the registry has it, perhaps a reference to a resource; null where not set.</param>
/// <param name="Start"><c>boot</c>, <c>system</c>, <c>automatic</c>, <c>automatic-delayed</c>, <c>manual</c> or <c>disabled</c>.</param>
/// <param name="Kind"><c>driver</c>, <c>file-system</c>, <c>service</c> (of its own process) or <c>shared-service</c>.</param>
/// <param name="Image">What is run, as written; null where not set.</param>
/// <param name="Account">Who runs it; null where not set, as for drivers.</param>
public sealed record WindowsService(string Name, string? DisplayName, string Start, string Kind, string? Image, string? Account);

/// <param name="Name">As users see it.</param>
/// <param name="Version">Null where not said.</param>
/// <param name="Publisher">Null where not said.</param>
/// <param name="InstalledOn">Null where not said.</param>
/// <param name="Architecture"><c>x86</c> for those of the 32-bit view on a 64-bit Windows, else null.</param>
/// <param name="Key">Name of its key: a product code, or a name.</param>
public sealed record WindowsProgram(string Name, string? Version, string? Publisher, DateOnly? InstalledOn, string? Architecture, string Key);

/// <param name="Id"><c>KB5034441</c>.</param>
/// <param name="Package">The servicing package that brought it.</param>
/// <param name="InstalledAt">Null where not recorded.</param>
public sealed record WindowsUpdate(string Id, string Package, DateTimeOffset? InstalledAt);

/// <param name="Name">Login name.</param>
/// <param name="RelativeId">Its number: 500 is the built-in administrator, 501 the guest.</param>
/// <param name="Disabled">It cannot log in.</param>
/// <param name="PasswordRequired">It must have a password.</param>
/// <param name="PasswordExpires">Its password must be changed from time to time.</param>
/// <param name="LastLogin">Null where never.</param>
/// <param name="PasswordChanged">Null where never.</param>
/// <param name="IsAdministrator">A direct member of the local group Administrators; null where the group cannot be read.</param>
public sealed record WindowsUser(
    string Name,
    uint RelativeId,
    bool Disabled,
    bool PasswordRequired,
    bool PasswordExpires,
    DateTimeOffset? LastLogin,
    DateTimeOffset? PasswordChanged,
    bool? IsAdministrator);

/// <param name="Id">The interface's GUID.</param>
/// <param name="Dhcp">It asks for its address.</param>
/// <param name="Addresses">Static ones, with masks after a slash.</param>
/// <param name="Gateways">Static ones.</param>
/// <param name="DnsServers">Static ones.</param>
/// <param name="LeasedAddress">What DHCP gave last; null where nothing is recorded.</param>
public sealed record WindowsInterface(
    string Id, bool Dhcp, IReadOnlyList<string> Addresses, IReadOnlyList<string> Gateways, IReadOnlyList<string> DnsServers, string? LeasedAddress);
