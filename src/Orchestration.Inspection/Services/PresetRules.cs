using Orchestration.Inspection.Files;
using Orchestration.Inspection.Text;

namespace Orchestration.Inspection.Services;

/// <summary>What the distribution would enable by itself, by systemd.preset(5): the first rule that matches a unit decides; without one it is enabled.</summary>
internal sealed class PresetRules
{
    private static readonly string[] Directories =
    [
        "/etc/systemd/system-preset", "/usr/local/lib/systemd/system-preset", "/usr/lib/systemd/system-preset", "/lib/systemd/system-preset",
    ];

    private readonly List<(string Action, string Pattern)> _rules;

    public PresetRules(FactReader reader) => _rules =
    [
        .. from file in DropInFiles.Read(reader, ".preset", Directories)
           from line in TextLines.Significant(file.Text, "#;")
           let words = line.Words
           where words is ["enable" or "disable" or "ignore", _, ..]
           select (words[0], words[1]),
    ];

    public static IReadOnlyList<string> Paths { get; } = [.. Directories.Select(directory => $"{directory}/*.preset")];

    /// <summary><c>enabled</c>, <c>disabled</c> or <c>ignored</c>.</summary>
    public string Find(string unit) => _rules.Find(rule => GuestPath.Matches(rule.Pattern, unit)).Action switch
    {
        "disable" => "disabled",
        "ignore" => "ignored",
        _ => "enabled",
    };
}
