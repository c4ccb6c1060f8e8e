namespace Microsoft.DurableTask.Abstractions;

/// <summary>The order of orchestration versions.</summary>
public static class TaskOrchestrationVersioningUtils
{
    /// <summary>
    /// Compares two versions: no version comes before any; two that <see cref="Version"/> can parse compare as such;
    /// all others compare as text, ignoring case.
    /// </summary>
    /// <returns>Below zero, zero or above zero as the first version is older, equal or newer.</returns>
    public static int CompareVersions(string sourceVersion, string otherVersion)
    {
        bool sourceIsEmpty = string.IsNullOrWhiteSpace(sourceVersion);
        bool otherIsEmpty = string.IsNullOrWhiteSpace(otherVersion);
        if (sourceIsEmpty || otherIsEmpty)
        {
            return otherIsEmpty.CompareTo(sourceIsEmpty);
        }

        return Version.TryParse(sourceVersion, out Version? source) && Version.TryParse(otherVersion, out Version? other)
            ? source.CompareTo(other)
            : string.Compare(sourceVersion, otherVersion, StringComparison.OrdinalIgnoreCase);
    }
}
