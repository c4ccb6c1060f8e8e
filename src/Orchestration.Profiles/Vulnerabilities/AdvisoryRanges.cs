using Orchestration.Profiles.Vulnerabilities.Database;
using Orchestration.Profiles.Vulnerabilities.Versions;

namespace Orchestration.Profiles.Vulnerabilities;

/// <summary>Whether a version is one that an advisory is about (OSV schema, "Evaluation").</summary>
internal static class AdvisoryRanges
{
    public static bool IsAffected(Advisory advisory, string version, VersionOrder order) =>
        advisory.Versions.Any(affected => order.Compare(affected, version) == 0) || advisory.Ranges.Any(range => IsInside(range, version, order));

    /// <summary>The first version after this one that is not affected any more; null where there is none yet.</summary>
    public static string? FindFix(Advisory advisory, string version, VersionOrder order) =>
        advisory.Ranges.Where(range => IsInside(range, version, order)).SelectMany(range => Sort(range, order))
            .FirstOrDefault(item => item.Kind == "fixed" && order.Compare(item.Version, version) > 0)?.Version;

    private static bool IsInside(IReadOnlyList<AdvisoryEvent> range, string version, VersionOrder order)
    {
        var isInside = false;
        foreach (var item in Sort(range, order))
        {
            isInside = item.Kind switch
            {
                "introduced" when item.Version == "0" || order.Compare(version, item.Version) >= 0 => true,
                "fixed" when order.Compare(version, item.Version) >= 0 => false,
                "last_affected" when order.Compare(version, item.Version) > 0 => false,
                _ => isInside,
            };
        }

        return isInside;
    }

    private static IEnumerable<AdvisoryEvent> Sort(IReadOnlyList<AdvisoryEvent> range, VersionOrder order) =>
        range.OrderBy(item => item is { Kind: "introduced", Version: "0" } ? 0 : 1).ThenBy(item => item.Version, order);
}
