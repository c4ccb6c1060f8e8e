using Orchestration.Inspection;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Text;

namespace Orchestration.Profiles.Checks;

/// <summary>A line of a guest file that says something.</summary>
internal readonly record struct GuestLine(string File, int Number, string Text)
{
    public string[] Words => Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    public Evidence Expect(string expected) => new(File, Number, Text, expected);
}

/// <summary>Single configuration files that checks read by themselves, because no fact set has more use for them.</summary>
internal static class GuestText
{
    // No configuration file of a sane guest comes near this.
    private const int MaximumBytes = 1 << 20;

    /// <summary>Lines that are neither empty nor comments of the existing files, pattern after pattern, in ordinal order of the path.</summary>
    /// <exception cref="InspectionException">A file may be there and cannot be read.</exception>
    public static IEnumerable<GuestLine> Lines(Guest guest, params IEnumerable<string> patterns) =>
        from file in patterns.SelectMany(guest.Files.Glob)
        where guest.Files.Find(file) is { IsRegular: true }
        from line in TextLines.Significant(guest.Files.ReadText(file, MaximumBytes))
        select new GuestLine(file, line.Number, line.Text);

    /// <summary>Assignments <c>name = value</c>, the last of a name winning; a name alone is a switch with an empty value.</summary>
    public static IReadOnlyDictionary<string, (string Value, GuestLine Line)> Assignments(Guest guest, params IEnumerable<string> patterns)
    {
        var assignments = new Dictionary<string, (string Value, GuestLine Line)>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in Lines(guest, patterns))
        {
            var parts = TextLines.WithoutTrailingComment(line.Text).Split('=', 2, StringSplitOptions.TrimEntries);
            assignments[parts[0]] = (parts.ElementAtOrDefault(1) ?? "", line);
        }

        return assignments;
    }

    /// <summary>Sections of the existing files that match.</summary>
    public static IEnumerable<(string File, IniFile Content)> Sections(Guest guest, params IEnumerable<string> patterns) =>
        from file in patterns.SelectMany(guest.Files.Glob)
        where guest.Files.Find(file) is { IsRegular: true }
        select (file, IniFile.Parse(guest.Files.ReadText(file, MaximumBytes)));

    /// <summary>Whether the object may be more to somebody than the permission bits and owner that are expected of it.</summary>
    public static bool Exceeds(this GuestFile file, int maximum, params IEnumerable<uint> groups) =>
        (file.Permissions & ~maximum) != 0 || file.UserId != 0 || !groups.Append(0u).Contains(file.GroupId);
}
