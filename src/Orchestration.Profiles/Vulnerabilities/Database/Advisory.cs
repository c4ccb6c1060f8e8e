namespace Orchestration.Profiles.Vulnerabilities.Database;

/// <summary>What one advisory says of one package of one release: all that matching needs of an OSV record (schema 1.7, <c>affected[]</c>).</summary>
/// <param name="Package">Name in the ecosystem's own words: a source package's for Debian, a binary's for AlmaLinux.</param>
/// <param name="Id">The record's id.</param>
/// <param name="Names">CVE ids that it is about: aliases, and what it was derived from.</param>
/// <param name="Summary">In one line; null where it has none.</param>
/// <param name="Severity">By its CVSS score or its own word; null where it has neither.</param>
/// <param name="Score">CVSS base score; null where it has none.</param>
/// <param name="Stream">The module stream that it is about, as <c>name:stream</c>; null where it names none.</param>
/// <param name="Versions">Versions that are affected whatever the ranges say.</param>
/// <param name="Ranges">Ranges of versions that are affected.</param>
public sealed record Advisory(
    string Package,
    string Id,
    IReadOnlyList<string> Names,
    string? Summary,
    Severity? Severity,
    double? Score,
    string? Stream,
    IReadOnlyList<string> Versions,
    IReadOnlyList<IReadOnlyList<AdvisoryEvent>> Ranges);

/// <param name="Kind"><c>introduced</c>, <c>fixed</c> or <c>last_affected</c>.</param>
/// <param name="Version">The version at which it happens; <c>0</c> is before every version.</param>
public sealed record AdvisoryEvent(string Kind, string Version);

/// <summary>The first line of a stored database.</summary>
/// <param name="Ecosystem">As OSV names it: <c>Debian:12</c>.</param>
/// <param name="Imported">When it was imported.</param>
/// <param name="Newest">When the newest of its records was changed.</param>
/// <param name="Advisories">How many lines follow.</param>
public sealed record DatabaseHeader(string Ecosystem, DateTimeOffset Imported, DateTimeOffset? Newest, int Advisories);

/// <summary>An advisory file was not understood: what was expected, what was found, and where.</summary>
public sealed class AdvisoryException(string place, string message, Exception? innerException = null)
    : Exception($"{place}: {message}", innerException)
{
    /// <summary>The file, or the entry of a zip.</summary>
    public string Place => place;
}
