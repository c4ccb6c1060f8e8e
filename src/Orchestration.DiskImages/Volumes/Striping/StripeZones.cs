namespace Orchestration.DiskImages.Volumes.Striping;

/// <summary>
/// RAID 0: chunks go round the members. Where these differ in size, the volume has zones: the first over what all have, the next over what
/// all but the smallest have, and so on. Rules: Linux, drivers/md/raid0.c.
/// </summary>
internal sealed class StripeZones : IStripeLayout
{
    private readonly List<Zone> _zones = [];
    private readonly long _chunk;
    private readonly bool _countsFromZone;

    /// <param name="chunk">Bytes in a chunk.</param>
    /// <param name="lengths">Bytes of each member; what does not fill a chunk is not used.</param>
    /// <param name="countsFromZone">
    /// Whether the chunks of a zone are dealt out from its first member on, as kernels have done since 3.14, or from where the count from the start of the volume
    /// leads.
    /// </param>
    public StripeZones(long chunk, IReadOnlyList<long> lengths, bool countsFromZone = true)
    {
        _chunk = chunk;
        _countsFromZone = countsFromZone;
        var usable = lengths.Select(length => length / chunk * chunk).ToList();
        foreach (var end in usable.Distinct().Order())
        {
            var start = _zones.Count == 0 ? 0 : _zones[^1].MemberEnd;
            var members = Enumerable.Range(0, usable.Count).Where(member => usable[member] > start).ToArray();
            if (end > start)
            {
                _zones.Add(new Zone(Length, start, end, members));
                Length += (end - start) * members.Length;
            }
        }
    }

    public long Length { get; }

    public MemberRun Locate(long offset)
    {
        var zone = _zones.FindLast(candidate => candidate.Start <= offset) ?? throw new ArgumentOutOfRangeException(nameof(offset));
        var within = offset - zone.Start;
        var row = within / _chunk / zone.Members.Length;
        var column = (_countsFromZone ? within : offset) / _chunk % zone.Members.Length;
        var inChunk = offset % _chunk;
        return new MemberRun(zone.Members[column], zone.MemberStart + row * _chunk + inChunk, _chunk - inChunk);
    }

    /// <param name="Start">First byte of the volume in it.</param>
    /// <param name="MemberStart">Where it begins on every member.</param>
    /// <param name="MemberEnd">Where it ends there.</param>
    /// <param name="Members">The members that are long enough.</param>
    private sealed record Zone(long Start, long MemberStart, long MemberEnd, int[] Members);
}
