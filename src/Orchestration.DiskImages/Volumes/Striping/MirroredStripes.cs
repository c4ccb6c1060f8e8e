namespace Orchestration.DiskImages.Volumes.Striping;

/// <summary>
/// RAID 10: chunks go round the members, each stored several times: <em>near</em> copies beside each other, <em>far</em> copies in later parts
/// of the members or, with <em>offset</em>, in the next rows. Rules: Linux, drivers/md/raid10.c.
/// </summary>
internal sealed class MirroredStripes : IStripeLayout
{
    private const int OffsetFlag = 1 << 16;
    private const int FarSetsShift = 17;

    private readonly long _chunk;
    private readonly bool[] _present;
    private readonly int _near;
    private readonly int _far;
    private readonly bool _offset;
    private readonly int _setSize;
    private readonly long _stride;

    /// <param name="layout">The layout as md stores it: near copies, far copies, flags.</param>
    /// <param name="chunk">Bytes in a chunk.</param>
    /// <param name="memberLength">Bytes used of each member.</param>
    /// <param name="present">Which members are there.</param>
    /// <exception cref="DiskImageException">The layout is not possible, or a chunk has no copy on members that are there.</exception>
    public MirroredStripes(int layout, long chunk, long memberLength, bool[] present)
    {
        _chunk = chunk;
        _present = present;
        _near = layout & 0xff;
        _far = layout >> 8 & 0xff;
        _offset = (layout & OffsetFlag) != 0;
        var members = present.Length;
        var copies = _near * _far;
        if (copies < 1 || copies > members || layout >> FarSetsShift is < 0 or > 2)
        {
            throw new DiskImageException(DiskImageError.Unsupported, "raid10", null, $"layout 0x{layout:x} over {members} members");
        }

        _setSize = (layout >> FarSetsShift) switch { 0 => members, 1 => members / _far, _ => copies };
        var rows = memberLength / chunk / _far * members / _near;
        Length = rows * chunk;
        _stride = _offset ? chunk : (rows * copies + members - 1) / members / _far * chunk;
        RequireOneOfEachCopy(members);
    }

    public long Length { get; }

    public MemberRun Locate(long offset)
    {
        foreach (var (member, start) in Copies(offset))
        {
            if (_present[member])
            {
                return new MemberRun(member, start, _chunk - offset % _chunk);
            }
        }

        throw new InvalidOperationException("A chunk without a copy was not noticed when the array was assembled.");
    }

    // Where copies go repeats after as many chunks as there are members.
    private void RequireOneOfEachCopy(int members)
    {
        for (var chunk = 0; chunk < members && chunk * _chunk < Length; chunk++)
        {
            if (!Copies(chunk * _chunk).Any(copy => _present[copy.Member]))
            {
                throw new DiskImageException(DiskImageError.NotFound, "raid10", null, $"every copy of some chunks is on members that are missing: {members} are needed, {_present.Count(there => there)} are there");
            }
        }
    }

    private IEnumerable<(int Member, long Offset)> Copies(long offset)
    {
        var members = _present.Length;
        var slot = offset / _chunk * _near;
        var row = slot / members * (_offset ? _far : 1);
        var member = (int)(slot % members);
        var start = row * _chunk + offset % _chunk;
        for (var near = 0; near < _near; near++)
        {
            var farMember = member;
            for (var far = 0; far < _far; far++)
            {
                yield return (farMember, start + far * _stride);
                farMember = NextFar(farMember);
            }

            if (++member == members)
            {
                member = 0;
                start += _chunk;
            }
        }
    }

    private int NextFar(int member)
    {
        var members = _present.Length;
        var lastSetStart = (members / _setSize - 1) * _setSize;
        var next = member + _near;
        if (members % _setSize != 0 && next > lastSetStart)
        {
            return lastSetStart + (next - lastSetStart) % (_setSize + members % _setSize);
        }

        var set = member / _setSize;
        return next % _setSize + set * _setSize;
    }
}
