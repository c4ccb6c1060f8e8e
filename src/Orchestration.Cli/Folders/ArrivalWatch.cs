namespace Orchestration.Cli.Folders;

/// <summary>Tells files that are complete from those that somebody still writes: complete is what looks the same at two looks in a row.</summary>
internal sealed class ArrivalWatch
{
    private Dictionary<string, (long Length, DateTime Modified)> _seen = new(StringComparer.Ordinal);

    /// <summary>Whether there are files that were not complete at the last look.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Of the files there now, those that are complete.</summary>
    public IReadOnlyList<FileInfo> Look(IReadOnlyList<FileInfo> files)
    {
        var now = files.Where(file => file.Exists).ToDictionary(file => file.Name, file => (file.Length, file.LastWriteTimeUtc), StringComparer.Ordinal);
        var complete = files.Where(file => now.TryGetValue(file.Name, out var state) && _seen.TryGetValue(file.Name, out var before) && before == state).ToList();
        IsWaiting = complete.Count < now.Count;
        _seen = now;
        return complete;
    }
}
