using System.Collections.Concurrent;
using System.Globalization;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Windows.Registry;

namespace Orchestration.Inspection.Windows;

/// <summary>The registry of a Windows guest, by the names that Windows gives its keys. Hives are opened when first needed. Safe for concurrent use.</summary>
public sealed class WindowsRegistry
{
    private static readonly string[] SystemRoots = ["/Windows", "/WINNT"];

    private static readonly string[] Logs = [".LOG1", ".LOG2", ".LOG"];

    private readonly GuestTree _files;
    private readonly ConcurrentDictionary<string, Lazy<RegistryHive?>> _hives = new(StringComparer.OrdinalIgnoreCase);

    private WindowsRegistry(GuestTree files, string systemRoot)
    {
        _files = files;
        SystemRoot = systemRoot;
    }

    /// <summary>Guest path of the Windows directory.</summary>
    public string SystemRoot { get; }

    internal static IReadOnlyList<string> HivePaths { get; } = [.. SystemRoots.Select(root => $"{root}/System32/config/SOFTWARE")];

    /// <returns>Null where the guest is no Windows.</returns>
    /// <exception cref="InspectionException">It cannot be told: the way there is damaged.</exception>
    public static WindowsRegistry? Find(GuestTree files) =>
        Array.Find(SystemRoots, root => files.Find($"{root}/System32/config/SOFTWARE") is { IsRegular: true }) is { } found ? new WindowsRegistry(files, found) : null;

    /// <summary>The hive <c>SOFTWARE</c>, <c>SYSTEM</c>, <c>SAM</c>, <c>SECURITY</c> or <c>COMPONENTS</c>; null where its file is missing.</summary>
    /// <exception cref="InspectionException"><see cref="InspectionError.FileUnreadable"/>: it is damaged. The same each time.</exception>
    public RegistryHive? Hive(string name) => _hives.GetOrAdd(name, key => new Lazy<RegistryHive?>(() => Open($"{SystemRoot}/System32/config/{key}"))).Value;

    /// <summary>
    /// The key of a path such as <c>HKLM\SYSTEM\CurrentControlSet\Services\W32Time</c>; null where there is none. Only hives below <c>HKLM</c> are there.
    /// </summary>
    /// <exception cref="InspectionException">As <see cref="Hive"/>.</exception>
    public RegistryKey? Key(string path)
    {
        var names = path.Split('\\', 3, StringSplitOptions.RemoveEmptyEntries);
        if (names.Length < 2 || !(names[0].Equals("HKLM", StringComparison.OrdinalIgnoreCase) || names[0].Equals("HKEY_LOCAL_MACHINE", StringComparison.OrdinalIgnoreCase))
            || Hive(names[1]) is not { } hive)
        {
            return null;
        }

        var rest = names.ElementAtOrDefault(2) ?? "";
        const string Current = "CurrentControlSet";
        return rest.StartsWith(Current, StringComparison.OrdinalIgnoreCase) && (rest.Length == Current.Length || rest[Current.Length] == '\\')
            ? hive.Find(ControlSet(hive) + rest[Current.Length..])
            : hive.Find(rest);
    }

    /// <summary>A value of a key as <see cref="Key"/> finds it; null where either is missing.</summary>
    /// <exception cref="InspectionException">As <see cref="Hive"/>.</exception>
    public RegistryValue? Value(string path, string name) => Key(path)?.Value(name);

    /// <summary><c>CurrentControlSet</c> is a link that Windows makes at boot, to the set that <c>Select</c> names.</summary>
    private static string ControlSet(RegistryHive system) =>
        string.Create(CultureInfo.InvariantCulture, $"ControlSet{Math.Clamp(system.Find("Select")?.Number("Current") ?? 1, 0, 999):000}");

    private RegistryHive? Open(string path)
    {
        if (_files.Find(path) is not { IsRegular: true })
        {
            return null;
        }

        string[] logs = [.. Logs.Select(ending => path + ending).Where(log => _files.Find(log) is { IsRegular: true })];
        _files.Prefetch([path, .. logs]);
        return RegistryHive.Open(_files.Open(path), [.. logs.Select(_files.Open)]);
    }
}
