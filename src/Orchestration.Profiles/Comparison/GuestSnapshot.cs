namespace Orchestration.Profiles.Comparison;

/// <summary>What is compared of a guest. Plain data: an earlier one may be stored as a baseline.</summary>
/// <param name="Image">Where it comes from.</param>
/// <param name="System">The guest in a few words.</param>
/// <param name="Packages">Installed packages; null where they were not looked at.</param>
/// <param name="Configuration">Settings by their place, section by section; null where they were not looked at.</param>
/// <param name="Findings">Verdicts of checks by id; null where none were asked for.</param>
/// <param name="Files">Files by path; null where they were not looked at.</param>
public sealed record GuestSnapshot(
    string Image,
    string System,
    IReadOnlyList<SnapshotPackage>? Packages,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? Configuration,
    IReadOnlyDictionary<string, SnapshotFinding>? Findings,
    IReadOnlyDictionary<string, FileFingerprint>? Files)
{
    /// <summary>Packages that languages' own tools installed; null where they were not looked for.</summary>
    public IReadOnlyList<SnapshotLanguagePackage>? LanguagePackages { get; init; }

    /// <summary>What could not be taken, in words.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <param name="Name">Without architecture.</param>
/// <param name="Architecture">In the packaging system's own words.</param>
/// <param name="Version">As the packaging system writes it.</param>
/// <param name="Format"><c>deb</c>, <c>rpm</c>, …: decides how versions are ordered.</param>
public sealed record SnapshotPackage(string Name, string Architecture, string Version, string Format);

/// <param name="Ecosystem">As OSV names it: decides how versions are ordered.</param>
/// <param name="Name">As its tool writes it.</param>
/// <param name="Version">As its tool writes it.</param>
public sealed record SnapshotLanguagePackage(string Ecosystem, string Name, string Version);

public sealed record SnapshotFinding(string Title, Severity Severity, Verdict Verdict);

/// <param name="Kind"><c>file</c>, <c>directory</c>, <c>link</c> or another.</param>
/// <param name="Mode">Four octal digits.</param>
/// <param name="Owner"><c>user:group</c> by number.</param>
/// <param name="Digest">SHA-256 of the content in hexadecimal digits, or the target of a link; null for others, and where it was not read.</param>
/// <param name="Modified">Time of the last change of the content.</param>
public sealed record FileFingerprint(string Kind, string Mode, string Owner, string? Digest, DateTimeOffset Modified);
