using Orchestration.Inspection.Files;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Services;

/// <summary>Decides each unit's state as <c>systemctl --root</c> would, from files and links alone.</summary>
internal sealed class SystemdReader
{
    private const string UnitSection = "Unit";
    private const string InstallSection = "Install";

    private readonly FactReader _reader;
    private readonly UnitDirectories _directories;
    private readonly PresetRules _presets;
    private readonly ILookup<string, DependencyLink> _linksByName;
    private readonly ILookup<string, string> _configuredLinksByTarget;
    private readonly HashSet<string> _templatesOfConfiguredInstances;

    public SystemdReader(FactReader reader)
    {
        _reader = reader;
        _directories = new UnitDirectories(reader);
        _presets = new PresetRules(reader);

        // A link counts by its own name and by the name of what it points at: an instance points at its template.
        _linksByName = _directories.Links
            .SelectMany(link => new[] { link.Name, link.TargetName }.Distinct().Select(name => (name, link)))
            .ToLookup(pair => pair.name, pair => pair.link);
        _templatesOfConfiguredInstances = _directories.Links.Where(link => link.IsConfiguration).Select(link => TemplateOf(link.Name)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        _configuredLinksByTarget = _directories.Objects
            .Where(item => item.Directory == UnitDirectories.Configuration && item.Object.LinkTarget is not null)
            .ToLookup(item => GuestPath.Name(item.Object.LinkTarget ?? ""), item => item.Object.File.Name);
    }

    public static string? ReadDefaultTarget(FactReader reader)
    {
        var link = reader.Link($"{UnitDirectories.Configuration}/default.target") ?? reader.Link("/usr/lib/systemd/system/default.target");
        return link is null ? null : GuestPath.Name(link);
    }

    public IReadOnlyList<Unit> Read()
    {
        var visible = new Dictionary<string, UnitObject>(StringComparer.Ordinal);
        foreach (var (_, unit) in _directories.Objects)
        {
            visible.TryAdd(unit.File.Name, unit);
        }

        var aliases = visible.Values.Where(IsAlias).ToLookup(unit => GuestPath.Name(unit.LinkTarget ?? ""), unit => unit.File.Name);
        return [.. visible.Values.Select(unit => Describe(unit, [.. aliases[unit.File.Name]])).OrderBy(unit => unit.Name, StringComparer.Ordinal)];
    }

    private Unit Describe(UnitObject unit, IReadOnlyList<string> aliases)
    {
        var name = unit.File.Name;
        var links = _linksByName[name].ToList();
        var dropIns = _directories.FindDropIns(name);
        var content = IsMask(unit) || IsAlias(unit) ? null : ReadContent(unit.File.Path, dropIns);
        var state = FindState(unit, content, links);
        return new Unit(
            name,
            state,
            unit.File.Path,
            content?.Value(UnitSection, "Description"),
            [.. links.Select(link => link.Owner).Distinct().Order(StringComparer.Ordinal)],
            aliases,
            FindTriggers(name, content),
            dropIns)
        {
            Instances = name.Contains("@.", StringComparison.Ordinal) ? [.. links.Select(link => link.Name).Where(link => link != name).Distinct().Order(StringComparer.Ordinal)] : [],
            Preset = state is "static" or "alias" ? null : _presets.Find(name),
        };
    }

    /// <summary>A unit is its file and, after it, the files that change it; only these can set what it starts (systemd.unit(5)).</summary>
    private IniFile? ReadContent(string path, IReadOnlyList<string> dropIns) => _reader.Text(path) is { } text
        ? IniFile.Parse(string.Join('\n', dropIns.Select(dropIn => _reader.Text(dropIn)).Prepend(text)))
        : null;

    private string FindState(UnitObject unit, IniFile? content, List<DependencyLink> links)
    {
        if (IsMask(unit))
        {
            return "masked";
        }

        if (IsAlias(unit))
        {
            return "alias";
        }

        var configured = links.Where(link => link.IsConfiguration).ToList();
        if (configured.Exists(link => !IsOtherInstance(unit.File.Name, link.Name, content)) || HasConfiguredAlias(unit.File.Name))
        {
            return "enabled";
        }

        if (configured.Count > 0 || _templatesOfConfiguredInstances.Contains(unit.File.Name))
        {
            return "indirect";
        }

        if (unit.LinkTarget is not null)
        {
            return "linked";
        }

        string[] rules = ["WantedBy", "RequiredBy", "UpheldBy", "Alias"];
        if (content is null)
        {
            return "static";
        }

        return rules.Any(rule => content.Words(InstallSection, rule).Count > 0) ? "disabled"
            : content.Words(InstallSection, "Also").Count > 0 ? "indirect"
            : "static";
    }

    /// <summary><c>getty@.service</c> for <c>getty@tty1.service</c>; null for what is no instance.</summary>
    private static string? TemplateOf(string name) =>
        name.IndexOf('@', StringComparison.Ordinal) is > 0 and var mark && name.LastIndexOf('.') is var dot && dot > mark + 1 ? name[..(mark + 1)] + name[dot..] : null;

    /// <summary>An instance that is not the one that <c>systemctl enable</c> makes of the template itself.</summary>
    private static bool IsOtherInstance(string name, string link, IniFile? content) =>
        name != link && name.IndexOf("@.", StringComparison.Ordinal) is > 0 and var mark
        && link != $"{name[..(mark + 1)]}{content?.Value(InstallSection, "DefaultInstance")}{name[(mark + 1)..]}";

    /// <summary>A link of another name in <c>/etc</c> that leads to the unit, as <c>Alias=</c> makes it.</summary>
    private bool HasConfiguredAlias(string name) => _configuredLinksByTarget[name].Any(link => link != name);

    private static bool IsMask(UnitObject unit) =>
        unit.LinkTarget is not null ? GuestPath.Normalize(unit.LinkTarget) == "/dev/null" : unit.File is { IsRegular: true, Size: 0 };

    private static bool IsAlias(UnitObject unit)
    {
        if (unit.LinkTarget is null || IsMask(unit))
        {
            return false;
        }

        var target = GuestPath.Normalize(GuestPath.Combine(GuestPath.Parent(unit.File.Path), unit.LinkTarget));
        return GuestPath.Name(target) != unit.File.Name && UnitDirectories.IsUnitPath(GuestPath.Parent(target));
    }

    /// <summary>A socket, path or timer starts the service of its own name unless it names another.</summary>
    private static IReadOnlyList<string> FindTriggers(string name, IniFile? content)
    {
        var dot = name.LastIndexOf('.');
        (string Section, string Key)? setting = name[dot..] switch
        {
            ".socket" => ("Socket", "Service"),
            ".timer" => ("Timer", "Unit"),
            ".path" => ("Path", "Unit"),
            _ => null,
        };
        if (setting is not var (section, key))
        {
            return [];
        }

        return [content?.Value(section, key) is { Length: > 0 } other ? other : name[..dot] + ".service"];
    }
}
