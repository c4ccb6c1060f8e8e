using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Network;

/// <summary>The guest's own name, wherever its kind of system keeps it.</summary>
internal static class HostnameReader
{
    private static readonly string[] Files = ["/etc/hostname", "/etc/HOSTNAME", "/etc/myname"];

    private static readonly (string File, string Name)[] Variables =
    [
        ("/etc/sysconfig/network", "HOSTNAME"), ("/etc/conf.d/hostname", "hostname"), ("/etc/rc.conf", "hostname"),
    ];

    public static IReadOnlyList<string> Paths { get; } = [.. Files, .. Variables.Select(variable => variable.File)];

    public static string? Read(FactReader reader) =>
        Files.Select(file => TextLines.Significant(reader.Text(file) ?? "").FirstOrDefault().Text).FirstOrDefault(name => name is { Length: > 0 })
        ?? Variables.Select(variable => ShellAssignments.Parse(reader.Text(variable.File) ?? "").GetValueOrDefault(variable.Name)?.Value)
            .FirstOrDefault(name => name is { Length: > 0 });
}
