using Orchestration.Inspection.Files;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.KernelSettings;

/// <summary>Rules of modprobe.d(5), and the modules there are.</summary>
internal static class ModuleReader
{
    private const int MaximumIndexBytes = 16 << 20;

    private static readonly string[] Directories = ["/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d"];

    public static IReadOnlyList<string> Paths { get; } =
    [
        .. Directories.Select(directory => $"{directory}/*.conf"), "/lib/modules/*/modules.dep", "/lib/modules/*/modules.builtin",
    ];

    public static IReadOnlyList<ModuleRule> ReadRules(FactReader reader) =>
    [
        .. from file in DropInFiles.Read(reader, ".conf", Directories)
           from line in TextLines.Significant(file.Text)
           let words = line.Words
           where words is ["blacklist", _, ..] or ["install", _, _, ..]
           select new ModuleRule(
               ModuleRule.Canonical(words[1]), words[0], words[0] == "install" ? string.Join(' ', words.Skip(2)) : null, file.Path, line.Number),
    ];

    /// <summary>Names in <c>modules.dep</c> and <c>modules.builtin</c> of a kernel.</summary>
    /// <param name="reader">Reads them.</param>
    /// <param name="directory">The kernel's directory in <c>/lib/modules</c>; null gives null.</param>
    public static IReadOnlySet<string>? ReadAvailable(FactReader reader, string? directory)
    {
        if (directory is null || reader.Text($"{directory}/modules.dep", MaximumIndexBytes) is not { } dependencies)
        {
            return null;
        }

        return TextLines.Significant(dependencies + "\n" + reader.Text($"{directory}/modules.builtin", MaximumIndexBytes))
            .Select(line => GuestPath.Name(line.Text.Split(':')[0]))
            .Select(name => ModuleRule.Canonical(name.Split('.')[0]))
            .ToHashSet(StringComparer.Ordinal);
    }
}
