using Orchestration.Inspection.Files;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Services;

/// <summary>Jobs of Upstart, which RHEL 6 and Ubuntu up to 14.10 start with: one starts by itself where <c>start on</c> says when, unless it, or its override, says <c>manual</c> (init(5)).</summary>
internal static class UpstartReader
{
    private const string Jobs = "/etc/init/*.conf";

    public static IReadOnlyList<string> Paths { get; } = [Jobs, "/etc/init/*.override"];

    public static IReadOnlyList<Unit> Read(FactReader reader) => [.. reader.Texts(Jobs).Select(job => Describe(reader, job.Path, job.Text))];

    private static Unit Describe(FactReader reader, string path, string text)
    {
        var changes = Path.ChangeExtension(path, ".override");
        var lines = TextLines.Significant(text + "\n" + reader.Text(changes)).Select(line => line.Words).ToList();

        // The later of "start on" and "manual" holds.
        var starts = lines.FindLastIndex(words => words is ["start", "on", ..]) > lines.FindLastIndex(words => words is ["manual"]);
        return new Unit(
            $"{Path.GetFileNameWithoutExtension(GuestPath.Name(path))}.service",
            starts ? "enabled" : "disabled",
            path,
            lines.Find(words => words is ["description", _, ..]) is { } description ? string.Join(' ', description.Skip(1)).Trim('"') : null,
            [],
            [],
            [],
            reader.Exists(changes) ? [changes] : []);
    }
}
