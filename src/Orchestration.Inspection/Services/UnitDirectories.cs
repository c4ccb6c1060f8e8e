using Orchestration.Inspection.Files;

namespace Orchestration.Inspection.Services;

/// <summary>A link in a <c>*.wants</c>, <c>*.requires</c> or <c>*.upholds</c> directory.</summary>
/// <param name="Owner">The unit that the directory belongs to.</param>
/// <param name="Name">The name of the link.</param>
/// <param name="TargetName">The last component of what it points at.</param>
/// <param name="IsConfiguration">Made by the administrator (in <c>/etc</c>), which is what <c>systemctl enable</c> does.</param>
internal sealed record DependencyLink(string Owner, string Name, string TargetName, bool IsConfiguration);

/// <summary>An object in the unit path under its own name.</summary>
/// <param name="File">The file or link.</param>
/// <param name="LinkTarget">Where a link points; null for a file.</param>
internal sealed record UnitObject(GuestFile File, string? LinkTarget);

/// <summary>The directories that systemd loads units from, by systemd.unit(5), highest priority first.</summary>
internal sealed class UnitDirectories
{
    public const string Configuration = "/etc/systemd/system";

    private static readonly string[] Roots = [Configuration, "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    private static readonly string[] DependencySuffixes = [".wants", ".requires", ".upholds"];

    private static readonly string[] UnitTypes = [".service", ".socket", ".timer", ".path", ".target", ".mount", ".automount", ".swap", ".slice"];

    // Every real guest has a few hundred; a hostile one must not cost more than memory for these.
    private const int MaximumUnits = 20_000;

    private readonly List<(string Directory, UnitObject Object)> _objects = [];

    // By the name of their directory without ".d", highest priority first.
    private readonly Dictionary<string, List<string>> _dropIns = new(StringComparer.Ordinal);

    public UnitDirectories(FactReader reader)
    {
        foreach (var directory in Roots.Where(directory => !IsSameAsEarlier(reader, directory)))
        {
            foreach (var file in reader.List(directory))
            {
                if (_objects.Count >= MaximumUnits)
                {
                    reader.Warn(directory, $"expected at most {MaximumUnits} units, found more; the rest is left out");
                    return;
                }

                Add(reader, directory, file);
            }
        }
    }

    public static IReadOnlyList<string> Paths { get; } =
    [
        .. Roots.SelectMany(root => new[] { $"{root}/*", $"{root}/*.wants/*", $"{root}/*.requires/*", $"{root}/*.upholds/*", $"{root}/*.d/*.conf" }),
    ];

    /// <summary>All objects with a unit's name, highest priority first.</summary>
    public IEnumerable<(string Directory, UnitObject Object)> Objects => _objects;

    public List<DependencyLink> Links { get; } = [];


    public static bool IsUnitPath(string directory) => Roots.Contains(directory, StringComparer.Ordinal);

    /// <summary>
    /// The files that change a unit, in the order in which they are read: of its own directory, its template's, those of the prefixes of its
    /// name up to a hyphen, and that of its type. Of one file name only the first counts.
    /// </summary>
    public IReadOnlyList<string> FindDropIns(string unit)
    {
        if (_dropIns.Count == 0)
        {
            return [];
        }

        var dot = unit.LastIndexOf('.');
        var (name, type) = (unit[..dot], unit[dot..]);
        var names = new List<string> { unit };
        if (name.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at)
        {
            names.Add(name[..(at + 1)] + type);
        }

        for (var hyphen = name.LastIndexOf('-'); hyphen > 0; hyphen = name.LastIndexOf('-', hyphen - 1))
        {
            names.Add(name[..(hyphen + 1)] + type);
        }

        names.Add(type[1..]);
        return
        [
            .. names.SelectMany(candidate => _dropIns.GetValueOrDefault(candidate, [])).DistinctBy(GuestPath.Name).OrderBy(GuestPath.Name, StringComparer.Ordinal),
        ];
    }

    private void Add(FactReader reader, string directory, GuestFile file)
    {
        if (file.IsDirectory)
        {
            AddDirectory(reader, directory, file);
        }
        else if (UnitTypes.Any(type => file.Name.EndsWith(type, StringComparison.Ordinal)))
        {
            _objects.Add((directory, new UnitObject(file, file.IsLink ? reader.Link(file.Path) : null)));
        }
    }

    private void AddDirectory(FactReader reader, string root, GuestFile directory)
    {
        if (DependencySuffixes.FirstOrDefault(suffix => directory.Name.EndsWith(suffix, StringComparison.Ordinal)) is { } suffix)
        {
            foreach (var link in reader.List(directory.Path).Where(entry => entry.IsLink))
            {
                var target = GuestPath.Name(reader.Link(link.Path) ?? "");
                Links.Add(new DependencyLink(directory.Name[..^suffix.Length], link.Name, target, root == Configuration));
            }
        }
        else if (directory.Name.EndsWith(".d", StringComparison.Ordinal))
        {
            foreach (var file in reader.List(directory.Path).Where(entry => entry.Name.EndsWith(".conf", StringComparison.Ordinal)))
            {
                var unit = directory.Name[..^".d".Length];
                if (!_dropIns.TryGetValue(unit, out var files))
                {
                    _dropIns[unit] = files = [];
                }

                files.Add(file.Path);
            }
        }
    }

    /// <summary>On a merged <c>/usr</c>, <c>/lib</c> leads to <c>/usr/lib</c>: one directory, seen twice.</summary>
    private static bool IsSameAsEarlier(FactReader reader, string directory) =>
        reader.Find(directory) is { } found && found.RealPath != directory && Roots.Contains(found.RealPath, StringComparer.Ordinal);
}
