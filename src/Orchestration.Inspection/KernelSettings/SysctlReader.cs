using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.KernelSettings;

/// <summary>Kernel parameters by sysctl.d(5): the last assignment in order of file names wins.</summary>
internal static class SysctlReader
{
    private const string Single = "/etc/sysctl.conf";

    private const string SystemdSysctl = "/usr/lib/systemd/systemd-sysctl";

    private static readonly string[] Directories = ["/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d"];

    // ufw loads this after the system's own (ufw-framework(8)).
    private const string Ufw = "/etc/ufw/sysctl.conf";

    public static IReadOnlyList<string> Paths { get; } = [Single, Ufw, .. Directories.Select(directory => $"{directory}/*.conf")];

    public static IReadOnlyList<string> HeaderPaths { get; } = [SystemdSysctl];

    public static (IReadOnlyList<KernelParameter> Parameters, IReadOnlyList<string> Excluded) Read(FactReader reader, bool isUfwActive)
    {
        var parameters = new Dictionary<string, KernelParameter>(StringComparer.Ordinal);
        var excluded = new List<string>();
        foreach (var (path, text) in Files(reader, isUfwActive))
        {
            foreach (var line in TextLines.Significant(text, "#;"))
            {
                var separator = line.Text.IndexOf('=', StringComparison.Ordinal);
                if (separator > 0)
                {
                    var name = Canonical(line.Text[..separator].Trim().TrimStart('-'));

                    // Removed first, so that a pattern set again counts as set after those between.
                    parameters.Remove(name);
                    parameters.Add(name, new KernelParameter(name, line.Text[(separator + 1)..].Trim(), path, line.Number));
                }
                else if (line.Text.StartsWith('-'))
                {
                    excluded.Add(Canonical(line.Text[1..].Trim()));
                }
            }
        }

        return ([.. parameters.Values], excluded);
    }

    /// <summary>systemd reads <c>/etc/sysctl.conf</c> only through a link in <c>sysctl.d</c>; procps reads it last.</summary>
    private static IEnumerable<(string Path, string Text)> Files(FactReader reader, bool isUfwActive)
    {
        var files = DropInFiles.Read(reader, ".conf", Directories);
        IEnumerable<string> late = [.. reader.Exists(SystemdSysctl) ? Array.Empty<string>() : [Single], .. isUfwActive ? [Ufw] : Array.Empty<string>()];
        return files.Concat(late.SelectMany(reader.Texts));
    }

    /// <summary>Where the first separator is a slash, slashes part the names and dots are part of them (sysctl.d(5)).</summary>
    private static string Canonical(string name) =>
        name.AsSpan().IndexOfAny('/', '.') is >= 0 and var first && name[first] == '/'
            ? string.Concat(name.Select(letter => letter switch { '/' => '.', '.' => '/', _ => letter }))
            : name;
}
