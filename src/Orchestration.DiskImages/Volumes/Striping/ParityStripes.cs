namespace Orchestration.DiskImages.Volumes.Striping;

/// <summary>Where parity lies in RAID 4, 5 and 6. The numbers are those that md stores.</summary>
internal enum ParityPlacement
{
    LeftAsymmetric = 0,
    RightAsymmetric = 1,
    LeftSymmetric = 2,
    RightSymmetric = 3,
    First = 4,
    Last = 5,
}

/// <summary>RAID 4, 5 and, with symmetric placement to the left, 6: rows of chunks with their parity. Rules: Linux, drivers/md/raid5.c.</summary>
internal sealed class ParityStripes : IStripeLayout
{
    private readonly ParityPlacement _placement;
    private readonly int _members;
    private readonly int _parities;
    private readonly long _chunk;

    /// <param name="placement">Where parity lies.</param>
    /// <param name="members">Number of members.</param>
    /// <param name="parities">Parity chunks in a row: 1, or 2 for RAID 6.</param>
    /// <param name="chunk">Bytes in a chunk.</param>
    /// <param name="memberLength">Bytes used of each member.</param>
    /// <exception cref="DiskImageException">The placement is not known.</exception>
    public ParityStripes(ParityPlacement placement, int members, int parities, long chunk, long memberLength)
    {
        if (!Enum.IsDefined(placement) || (parities > 1 && placement != ParityPlacement.LeftSymmetric))
        {
            throw new DiskImageException(DiskImageError.Unsupported, "raid", null, $"layout {(int)placement} of RAID with {parities} parity chunks in a row");
        }

        (_placement, _members, _parities, _chunk) = (placement, members, parities, chunk);
        Length = memberLength / chunk * chunk * (members - parities);
    }

    public long Length { get; }

    public MemberRun Locate(long offset)
    {
        var chunk = offset / _chunk;
        var row = chunk / (_members - _parities);
        var data = (int)(chunk % (_members - _parities));
        var turn = (int)(row % _members);
        var parity = _placement switch
        {
            ParityPlacement.LeftAsymmetric or ParityPlacement.LeftSymmetric => _members - 1 - turn,
            ParityPlacement.RightAsymmetric or ParityPlacement.RightSymmetric => turn,
            ParityPlacement.First => 0,
            _ => _members - 1,
        };
        var member = _placement is ParityPlacement.LeftSymmetric or ParityPlacement.RightSymmetric
            ? (parity + _parities + data) % _members
            : data < parity ? data : data + 1;
        var within = offset % _chunk;
        return new MemberRun(member, row * _chunk + within, _chunk - within);
    }
}
