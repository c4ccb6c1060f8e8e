using Orchestration.Profiles.Vulnerabilities.Database;
using Orchestration.Profiles.Vulnerabilities.Versions;

namespace Orchestration.Profiles.Comparison;

/// <summary>Compares two guests by what is known of both; what is known of one only is a note, and never a difference.</summary>
public static class GuestComparer
{
    private const int MaximumChanges = 10_000;

    /// <param name="baseline">The one.</param>
    /// <param name="target">The other.</param>
    /// <param name="ignoreTimestamps">Files that differ in nothing but their time are alike.</param>
    public static GuestComparison Compare(GuestSnapshot baseline, GuestSnapshot target, bool ignoreTimestamps)
    {
        var notes = new List<string>();
        notes.AddRange(baseline.Notes.Select(note => $"{baseline.Image}: {note}"));
        notes.AddRange(target.Notes.Select(note => $"{target.Image}: {note}"));
        var packages = Both(baseline.Packages, target.Packages, "packages", notes, ComparePackages);
        var languages = Both(baseline.LanguagePackages, target.LanguagePackages, "packages of languages", notes, CompareLanguagePackages);
        var configuration = Both(baseline.Configuration, target.Configuration, "configuration", notes, (left, right) => CompareConfiguration(left, right, notes));
        var files = Both(baseline.Files, target.Files, "files", notes, (left, right) => CompareByKey(left, right, file => Describe(file, ignoreTimestamps)));
        var findings = Both(baseline.Findings, target.Findings, "findings", notes, CompareFindings);
        IReadOnlyList<Change>?[] all = [packages, languages, configuration, files, findings];
        return new GuestComparison(
            baseline.Image,
            target.Image,
            all.All(changes => changes is null or { Count: 0 }) && all.Any(changes => changes is not null),
            Limit(packages, "packages", notes),
            Limit(configuration, "configuration", notes),
            Limit(files, "files", notes),
            Limit(findings, "findings", notes),
            notes)
        {
            LanguagePackages = Limit(languages, "packages of languages", notes),
        };
    }

    private static IReadOnlyList<Change>? Both<T>(T? left, T? right, string what, List<string> notes, Func<T, T, IEnumerable<Change>> compare)
        where T : class
    {
        if (left is not null && right is not null)
        {
            return [.. compare(left, right)];
        }

        if (left is not null || right is not null)
        {
            notes.Add($"The {what} of {(left is null ? "the baseline" : "the target")} are not known, and were not compared.");
        }

        return null;
    }

    private static IReadOnlyList<Change>? Limit(IReadOnlyList<Change>? changes, string what, List<string> notes)
    {
        if (changes is not { Count: > MaximumChanges })
        {
            return changes;
        }

        notes.Add($"{changes.Count - MaximumChanges} more changes of {what} are not listed.");
        return [.. changes.Take(MaximumChanges)];
    }

    private static IEnumerable<Change> ComparePackages(IReadOnlyList<SnapshotPackage> left, IReadOnlyList<SnapshotPackage> right) => CompareVersions(
        left, right, package => $"{package.Name} ({package.Architecture})", package => package.Version,
        (old, fresh) => old.Format != fresh.Format ? null : old.Format switch { "deb" => VersionOrder.Debian, "rpm" => VersionOrder.Rpm, "apk" => VersionOrder.Alpine, _ => null });

    /// <summary>Of a package that lies in several places each version counts once: the path of most has the version in it.</summary>
    private static IEnumerable<Change> CompareLanguagePackages(IReadOnlyList<SnapshotLanguagePackage> left, IReadOnlyList<SnapshotLanguagePackage> right) => CompareVersions(
        left, right, package => $"{package.Name} ({package.Ecosystem})", package => package.Version, (old, _) => Ecosystems.FindOrder(old.Ecosystem));

    /// <summary>A name that is installed in several versions, as kernels are, is compared version by version.</summary>
    private static IEnumerable<Change> CompareVersions<T>(
        IReadOnlyList<T> left, IReadOnlyList<T> right, Func<T, string> describe, Func<T, string> version, Func<T, T, VersionOrder?> order)
        where T : class
    {
        var (before, after) = (left.ToLookup(describe), right.ToLookup(describe));
        foreach (var what in before.Select(group => group.Key).Union(after.Select(group => group.Key)).Order(StringComparer.Ordinal))
        {
            List<T> gone = [.. before[what].Except(after[what])];
            List<T> come = [.. after[what].Except(before[what])];
            if (gone is [var old] && come is [var fresh])
            {
                var direction = (order(old, fresh)?.Compare(version(old), version(fresh)) ?? 0) switch { < 0 => "upgraded", > 0 => "downgraded", _ => "changed" };
                yield return new Change(direction, what, version(old), version(fresh));
                continue;
            }

            foreach (var package in gone)
            {
                yield return new Change("removed", what, version(package), null);
            }

            foreach (var package in come)
            {
                yield return new Change("added", what, null, version(package));
            }
        }
    }

    private static IEnumerable<Change> CompareConfiguration(
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> left, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> right, List<string> notes)
    {
        notes.AddRange(left.Keys.Except(right.Keys).Concat(right.Keys.Except(left.Keys)).Order(StringComparer.Ordinal)
            .Select(section => $"The section {section} is known of one of the two only, and was not compared."));
        return from section in left.Keys.Intersect(right.Keys).Order(StringComparer.Ordinal)
               from change in CompareByKey(left[section], right[section], value => value)
               select change with { What = $"{section}: {change.What}" };
    }

    private static IEnumerable<Change> CompareByKey<T>(IReadOnlyDictionary<string, T> left, IReadOnlyDictionary<string, T> right, Func<T, string> describe)
    {
        foreach (var key in left.Keys.Union(right.Keys).Order(StringComparer.Ordinal))
        {
            var from = left.TryGetValue(key, out var old) ? describe(old) : null;
            var to = right.TryGetValue(key, out var fresh) ? describe(fresh) : null;
            if (from != to)
            {
                yield return new Change(from is null ? "added" : to is null ? "removed" : "changed", key, from, to);
            }
        }
    }

    private static IEnumerable<Change> CompareFindings(IReadOnlyDictionary<string, SnapshotFinding> left, IReadOnlyDictionary<string, SnapshotFinding> right)
    {
        foreach (var id in left.Keys.Intersect(right.Keys).Order(StringComparer.Ordinal))
        {
            var (from, to) = (left[id], right[id]);
            if (from.Verdict != to.Verdict)
            {
                var kind = to.Verdict == Verdict.Fail ? "broken" : from.Verdict == Verdict.Fail && to.Verdict == Verdict.Pass ? "fixed" : "changed";
                yield return new Change(kind, $"{id} {to.Title}", Describe(from), Describe(to));
            }
        }

        static string Describe(SnapshotFinding finding) => $"{finding.Verdict} ({finding.Severity})".ToLowerInvariant();
    }

    private static string Describe(FileFingerprint file, bool ignoreTimestamps) =>
        $"{file.Kind} {file.Mode} {file.Owner} {file.Digest}{(ignoreTimestamps ? "" : $" {file.Modified.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}")}".TrimEnd();
}
