using System.Buffers.Binary;

namespace Orchestration.DiskImages.FileSystems.Xfs.Log.Records;

/// <summary>What a log item is about (XFS_LI_*), those that matter here.</summary>
internal enum LogItemType
{
    Inode = 0x123b,
    Buffer = 0x123c,
    InodeCreation = 0x123f,
    MappingIntent = 0x1244,
    MappingDone = 0x1245,
    AttributeIntent = 0x1246,
    AttributeDone = 0x1247,
    ExchangeIntent = 0x1248,
    ExchangeDone = 0x1249,
}

/// <summary>One logged thing: a description, and the regions that it describes.</summary>
internal sealed class LogItem(byte[] description)
{
    public List<byte[]> Regions { get; } = [description];

    public ReadOnlySpan<byte> Description => Regions[0];

    public LogItemType Type => (LogItemType)BinaryPrimitives.ReadUInt16LittleEndian(Description);

    /// <summary>Number of regions, the description included.</summary>
    public int RegionCount => BinaryPrimitives.ReadUInt16LittleEndian(Description[2..]);

    public bool IsComplete => Regions.Count >= RegionCount;
}

/// <summary>A transaction as it is put together from the operations of one record or several.</summary>
/// <param name="sequence">Log sequence number of the record in which it begins.</param>
internal sealed class LogTransaction(ulong sequence)
{
    private const uint Magic = 0x5452414e;
    private const int HeaderLength = 16;
    private const int ShortestDescription = 4;

    private readonly List<byte> _header = [];

    public ulong Sequence => sequence;

    public List<LogItem> Items { get; } = [];

    /// <summary>Adds a region, or the rest of one.</summary>
    public void Add(LogOperation operation, long at)
    {
        var region = operation.Region;
        if (region.IsEmpty)
        {
            return;
        }

        if (_header.Count < HeaderLength)
        {
            AddHeader(region, at);
            return;
        }

        if (operation.Flags.HasFlag(LogOperationFlags.WasContinued))
        {
            Continue(region, at);
            return;
        }

        if (Items.Count > 0 && !Items[^1].IsComplete)
        {
            Items[^1].Regions.Add(region.ToArray());
            return;
        }

        if (region.Length < ShortestDescription || BinaryPrimitives.ReadUInt16LittleEndian(region[2..]) == 0)
        {
            throw XfsVolume.Corrupt(at, $"a log item is described in {region.Length} bytes, or has no regions");
        }

        Items.Add(new LogItem(region.ToArray()));
    }

    private void AddHeader(ReadOnlySpan<byte> region, long at)
    {
        _header.AddRange(region);
        if (_header.Count > HeaderLength || _header.Count >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(_header.ToArray()) != Magic)
        {
            throw XfsVolume.Corrupt(at, $"a transaction in the log has a header of {_header.Count} bytes, or with a wrong signature");
        }
    }

    private void Continue(ReadOnlySpan<byte> rest, long at)
    {
        if (Items.Count == 0)
        {
            throw XfsVolume.Corrupt(at, "a transaction in the log begins with the rest of a region");
        }

        var regions = Items[^1].Regions;
        regions[^1] = [.. regions[^1], .. rest];
    }
}
