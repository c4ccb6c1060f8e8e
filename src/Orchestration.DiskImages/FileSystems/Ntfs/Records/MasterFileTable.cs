using System.Buffers.Binary;
using Orchestration.DiskImages.FileSystems.Ntfs.Content;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.Ntfs.Records;

/// <summary>Finds files by the numbers of their records, and keeps the recent ones. Thread-safe once made.</summary>
internal sealed class MasterFileTable
{
    private const int CachedFiles = 16 * 1024;
    private const int MaximumListLength = 256 * 1024;
    private const int ListEntryLength = 26;
    private const int MaximumRecords = 8192;

    private readonly NtfsVolume _volume;
    private readonly AttributeContent _content;
    private readonly BoundedCache<long, NtfsFile> _files = new(CachedFiles);
    private NtfsAttribute _data;

    public MasterFileTable(NtfsVolume volume, AttributeContent content)
    {
        _volume = volume;
        _content = content;

        // The table describes itself. Where it is in many pieces, records of the first pieces say where the others lie.
        var record = ReadFirst(volume);
        var at = record.At;
        _data = record.Attributes.Find(attribute => attribute is { Type: AttributeType.Data, Name: "", Value: null, FirstCluster: 0 })
            ?? throw NtfsVolume.Corrupt(at, "the master file table has no content");
        if (record.Attributes.Find(attribute => attribute.Type == AttributeType.AttributeList) is { } list)
        {
            foreach (var number in ReadList(list, record).Where(entry => entry.Type == AttributeType.Data && entry.Record.Number != 0).Select(entry => entry.Record.Number).Distinct())
            {
                foreach (var part in ReadRecord(number).Attributes.Where(attribute => attribute is { Type: AttributeType.Data, Name: "" }))
                {
                    _data = _data.Append(part);
                }
            }
        }
    }

    // The first records have a copy elsewhere ($MFTMirr).
    private static FileRecord ReadFirst(NtfsVolume volume)
    {
        FileRecord ReadAt(long cluster)
        {
            var at = cluster * volume.ClusterSize;
            return new FileRecord(0, volume.Source.ReadBytes(at, volume.RecordSize), volume, at);
        }

        try
        {
            return ReadAt(volume.TableCluster);
        }
        catch (DiskImageException exception) when (exception.Error == DiskImageError.Corrupt && volume.MirrorCluster > 0 && volume.MirrorCluster < volume.ClusterCount)
        {
            var copy = ReadAt(volume.MirrorCluster);
            volume.Warnings.Add($"the first record of the master file table is damaged, its copy is used: {exception.Rule}");
            return copy;
        }
    }

    /// <exception cref="DiskImageException">There is no such file any more, or it is damaged.</exception>
    public NtfsFile Get(FileReference reference)
    {
        var file = _files.GetOrAdd(reference.Number, Read);
        return reference.Sequence == 0 || reference.Sequence == file.Reference.Sequence
            ? file
            : throw NtfsVolume.Corrupt(file.At, $"file {reference.Number} of use {reference.Sequence} is referred to, the record is in use {file.Reference.Sequence}");
    }

    /// <summary>Asks for the records, all in one round trip.</summary>
    public void Prefetch(IEnumerable<FileReference> references) => _volume.Source.Prefetch(
        [.. references.Where(reference => !_files.TryGet(reference.Number, out _)).SelectMany(reference => Locate(reference.Number))]);

    private NtfsFile Read(long number)
    {
        var record = ReadRecord(number);
        if (record.BaseRecord.Value != 0)
        {
            throw NtfsVolume.Corrupt(record.At, $"file record {number} is a part of file {record.BaseRecord.Number}");
        }

        var list = record.Attributes.Find(attribute => attribute.Type == AttributeType.AttributeList);
        return new NtfsFile(record, list is null ? record.Attributes : Join(record, list));
    }

    private List<NtfsAttribute> Join(FileRecord record, NtfsAttribute list)
    {
        var records = new Dictionary<long, FileRecord> { [record.Number] = record };
        var numbers = ReadList(list, record).Select(entry => entry.Record.Number).Distinct().Where(number => number != record.Number).ToList();
        if (numbers.Count > MaximumRecords)
        {
            throw NtfsVolume.LimitExceeded(record.At, $"file {record.Number} has {numbers.Count} records; at most {MaximumRecords} are read");
        }

        Prefetch(numbers.Select(number => FileReference.Of(number, 0)));
        foreach (var number in numbers)
        {
            var part = ReadRecord(number);
            records[number] = part.BaseRecord.Number == record.Number
                ? part
                : throw NtfsVolume.Corrupt(part.At, $"file record {number} is a part of file {part.BaseRecord.Number}, expected {record.Number}");
        }

        var joined = new List<NtfsAttribute>();
        foreach (var part in records.Values.SelectMany(item => item.Attributes).OrderBy(attribute => attribute.FirstCluster))
        {
            // Several names are several attributes; any other is one in parts.
            var index = part.Type == AttributeType.FileName ? -1 : joined.FindIndex(attribute => attribute.Type == part.Type && attribute.Name == part.Name);
            if (index < 0)
            {
                joined.Add(part);
            }
            else
            {
                joined[index] = joined[index].Append(part);
            }
        }

        return joined;
    }

    private List<(AttributeType Type, FileReference Record)> ReadList(NtfsAttribute list, FileRecord record)
    {
        var entries = new List<(AttributeType, FileReference)>();
        ReadOnlySpan<byte> bytes = _content.ReadAll(list, MaximumListLength);
        while (bytes.Length >= ListEntryLength)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
            if (length < ListEntryLength || length > bytes.Length)
            {
                throw NtfsVolume.Corrupt(list.At, $"an entry of the attribute list of file {record.Number} has {length} bytes");
            }

            entries.Add(((AttributeType)BinaryPrimitives.ReadUInt32LittleEndian(bytes), new FileReference(BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]))));
            bytes = bytes[length..];
        }

        return entries;
    }

    private FileRecord ReadRecord(long number)
    {
        var ranges = Locate(number);
        if (number < 0 || ranges.Sum(range => range.Length) != _volume.RecordSize)
        {
            throw NtfsVolume.Corrupt(null, $"file record {number} is referred to, the master file table has {_data.Size / _volume.RecordSize}");
        }

        var bytes = new byte[_volume.RecordSize];
        _content.Read(_data, number * _volume.RecordSize, bytes);
        return new FileRecord(number, bytes, _volume, ranges[0].Offset);
    }

    private List<ByteRange> Locate(long number)
    {
        if (number < 0 || number >= _data.Size / _volume.RecordSize)
        {
            return [];
        }

        var start = number * _volume.RecordSize;
        var end = start + _volume.RecordSize;
        var wanted = ExtentContent.SpanOf(start, end, _volume.ClusterSize);
        var extents = new List<FileExtent>();
        foreach (var extent in _data.Extents)
        {
            wanted.AddOverlap(extents, extent);
        }

        return [.. extents.Select(extent => extent.ToRange(_volume.ClusterSize, start, end))];
    }
}
