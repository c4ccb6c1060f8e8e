using Orchestration.Inspection.Files;
using Orchestration.Inspection.Storage;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Mapping;

/// <summary>Everything in the guest that says what is mounted at boot: fstab and the administrator's systemd mount units.</summary>
internal static class MountConfiguration
{
    public const string Fstab = "/etc/fstab";

    private const string UnitDirectory = "/etc/systemd/system";

    // Of the distribution's own units only those of local-fs.target mount files; the others are the kernel's own file systems.
    private static readonly string[] EnablingLinks =
    [
        $"{UnitDirectory}/*.wants/*.mount", $"{UnitDirectory}/*.requires/*.mount", "/usr/lib/systemd/system/local-fs.target.wants/*.mount",
    ];

    public static IReadOnlyList<string> Paths { get; } = [Fstab, $"{UnitDirectory}/*.mount", .. EnablingLinks];

    /// <summary>fstab entries first: systemd lets a unit file in /etc win over them only where both name the same place.</summary>
    public static IReadOnlyList<MountEntry> Read(FactReader reader)
    {
        var entries = new List<MountEntry>();
        if (reader.Text(Fstab) is { } fstab)
        {
            entries.AddRange(FstabFile.Parse(fstab, Fstab));
        }

        var enabled = EnablingLinks.SelectMany(reader.Glob).Select(GuestPath.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in enabled.Order(StringComparer.Ordinal).Where(name => reader.Link($"{UnitDirectory}/{name}") != "/dev/null"))
        {
            var file = new[] { $"{UnitDirectory}/{name}", $"/usr/lib/systemd/system/{name}", $"/lib/systemd/system/{name}" }
                .FirstOrDefault(reader.Exists);
            if (file is not null && reader.Text(file) is { } text && ParseUnit(text, file) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    internal static MountEntry? ParseUnit(string text, string file)
    {
        var unit = IniFile.Parse(text);
        return unit.Find("Mount", "What") is { } what && unit.Value("Mount", "Where") is { Length: > 0 } where
            ? new MountEntry(
                what.Value,
                where,
                unit.Value("Mount", "Type") ?? "auto",
                FstabFile.SplitOptions(unit.Value("Mount", "Options") ?? "defaults"),
                file,
                what.Line)
            : null;
    }
}
