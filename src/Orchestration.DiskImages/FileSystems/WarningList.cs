namespace Orchestration.DiskImages.FileSystems;

/// <summary>Distinct warnings, bounded in number so that a damaged volume cannot fill the memory. Thread-safe.</summary>
internal sealed class WarningList
{
    private const int Capacity = 200;

    private readonly Lock _gate = new();
    private readonly List<string> _warnings = [];

    public void Add(string warning)
    {
        lock (_gate)
        {
            if (_warnings.Count < Capacity && !_warnings.Contains(warning))
            {
                _warnings.Add(warning);
            }
        }
    }

    public IReadOnlyList<string> ToList()
    {
        lock (_gate)
        {
            return [.. _warnings];
        }
    }
}
