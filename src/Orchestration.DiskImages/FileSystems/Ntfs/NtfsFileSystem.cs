using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.FileSystems.Ntfs.Content;
using Orchestration.DiskImages.FileSystems.Ntfs.Records;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;

namespace Orchestration.DiskImages.FileSystems.Ntfs;

/// <summary>
/// NTFS, read-only, as it lies on the disk: what only the log holds is not seen, and a volume that was not unmounted is warned of. Windows
/// knows no modes or numeric owners; everything belongs to root and may be done by everybody, but read-only files cannot be written. Named
/// streams are shown as extended attributes, as ntfs-3g shows them.
/// </summary>
internal sealed class NtfsFileSystem : IFileSystem
{
    private const long VolumeRecord = 3;
    private const long LogRecord = 2;
    private const long RootRecord = 5;
    private const long UpperCaseRecord = 10;

    /// <summary>Files before this one are the file system's own, and are not shown.</summary>
    private const long FirstUserRecord = 16;
    private const int MaximumReparseLength = 16 * 1024;
    private const int MaximumStreamLength = 64 * 1024;

    private readonly NtfsVolume _volume;
    private readonly AttributeContent _content;
    private readonly OverlayContent _overlay;
    private readonly MasterFileTable _files;
    private readonly DirectoryIndex _directories;
    private readonly Lazy<UpperCaseTable> _comparer;
    private readonly BoundedCache<ulong, Dictionary<string, DirectoryEntry>> _names = DirectoryNames.CreateCache<ulong>();

    private NtfsFileSystem(NtfsVolume volume)
    {
        _volume = volume;
        _content = new AttributeContent(volume);
        _overlay = new OverlayContent(_content);
        _files = new MasterFileTable(volume, _content);
        _directories = new DirectoryIndex(volume, _content);
        _comparer = new Lazy<UpperCaseTable>(() => new UpperCaseTable(
            _content.ReadAll(_files.Get(FileReference.Of(UpperCaseRecord, 0)).Data ?? throw NtfsVolume.Corrupt(null, "the volume has no table of upper-case letters"), UpperCaseTable.Length)));
        var name = ReadVolume();
        Identity = new FileSystemIdentity("ntfs", volume.SerialNumber, name, volume.SizeBytes);
        WarnOfLog();
        WarnOfHibernation();
    }

    public FileSystemIdentity Identity { get; }

    public IReadOnlyList<string> Warnings => _volume.Warnings.ToList();

    public FileNode Root => GetNode(FileReference.Of(RootRecord, 0).Value);

    public static NtfsFileSystem Open(IByteSource source) => new(new NtfsVolume(source, new WarningList()));

    public FileNode GetNode(ulong id)
    {
        var file = _files.Get(new FileReference(id));
        var kind = ReparsePoint.IsLink(ReadReparseTag(file)) ? FileKind.SymbolicLink : file.IsDirectory ? FileKind.Directory : FileKind.Regular;
        return file.ToNode(kind);
    }

    public IReadOnlyList<DirectoryEntry> ReadDirectory(FileNode directory) =>
        [.. _directories.Read(GetFile(directory)).Where(entry => !entry.IsShort && entry.File.Number >= FirstUserRecord).Select(ToEntry)];

    public DirectoryEntry? Lookup(FileNode directory, string name) => _names.GetOrAdd(directory.Id, _ => ReadNames(directory)).GetValueOrDefault(name);

    public string ReadLink(FileNode link)
    {
        var file = GetFile(link);
        return ReadReparsePoint(file) is { } value && ReparsePoint.IsLink(ReparsePoint.TagOf(value))
            ? ReparsePoint.ReadTarget(value, file.At)
            : throw NtfsVolume.Corrupt(file.At, $"file {file.Number} is read as a symbolic link, but is none");
    }

    public int Read(FileNode file, long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var found = GetFile(file);
        if (found.IsDirectory)
        {
            throw NtfsVolume.Corrupt(found.At, $"file {found.Number} is read as a file, but is a directory");
        }

        var reparsePoint = ReadReparsePoint(found);
        var tag = ReparsePoint.TagOf(reparsePoint);
        if (tag is ReparseTag.Deduplicated or ReparseTag.SingleInstance || (reparsePoint is not null && found.IsElsewhere))
        {
            throw NtfsVolume.Unsupported(found.At, $"file {found.Number} is stored elsewhere ({(Enum.IsDefined(tag) ? tag : $"reparse tag 0x{(uint)tag:x}")}); such files cannot be read");
        }

        var count = (int)Math.Clamp((found.Data?.Size ?? 0) - offset, 0, buffer.Length);
        if (count > 0 && tag == ReparseTag.Overlay)
        {
            _overlay.Read(found, reparsePoint, found.Data?.Size ?? 0, offset, buffer[..count]);
        }
        else if (count > 0 && found.Data is { } data)
        {
            _content.Read(data, offset, buffer[..count]);
        }

        return count;
    }

    public IReadOnlyDictionary<string, byte[]> ReadAttributes(FileNode node)
    {
        var attributes = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var stream in GetFile(node).Attributes.Where(attribute => attribute.Type == AttributeType.Data && attribute.Name.Length > 0))
        {
            if (stream.Size <= MaximumStreamLength)
            {
                attributes["user." + stream.Name] = _content.ReadAll(stream, MaximumStreamLength);
            }
            else
            {
                _volume.Warnings.Add($"named streams of more than {MaximumStreamLength} bytes are not shown");
            }
        }

        return attributes;
    }

    public void PrefetchNodes(IReadOnlyCollection<ulong> ids) => _files.Prefetch(ids.Select(id => new FileReference(id)));

    public void PrefetchContents(IReadOnlyCollection<FileNode> nodes, long maximumBytes = long.MaxValue)
    {
        var limit = Hint.Limit(maximumBytes);
        _files.Prefetch(nodes.Select(node => new FileReference(node.Id)));
        Hint.Give(() =>
        {
            _volume.Source.Prefetch([.. nodes.Select(GetFile)
                .Select(file => file.IsDirectory ? file.Find(AttributeType.IndexAllocation, "$I30") : OverlayContent.FindStream(file) ?? file.Data)
                .OfType<NtfsAttribute>()
                .SelectMany(attribute => _content.Locate(attribute, limit))]);
        });
    }

    private NtfsFile GetFile(FileNode node) => _files.Get(new FileReference(node.Id));

    // Whether a reparse point is a link stands in the file, not in its name.
    private static DirectoryEntry ToEntry(IndexEntry entry) => new(
        entry.Name, entry.File.Value, entry.IsReparsePoint ? FileKind.Unknown : entry.IsDirectory ? FileKind.Directory : FileKind.Regular);

    private Dictionary<string, DirectoryEntry> ReadNames(FileNode directory)
    {
        var names = new Dictionary<string, DirectoryEntry>(_comparer.Value);
        foreach (var entry in _directories.Read(GetFile(directory)).Where(entry => entry.File.Number >= FirstUserRecord).OrderBy(entry => entry.IsShort))
        {
            names.TryAdd(entry.Name, ToEntry(entry));
        }

        return names;
    }

    private byte[]? ReadReparsePoint(NtfsFile file) =>
        file.Find(AttributeType.ReparsePoint, "") is { } attribute ? _content.ReadAll(attribute, MaximumReparseLength) : null;

    private ReparseTag ReadReparseTag(NtfsFile file) => ReparsePoint.TagOf(ReadReparsePoint(file));

    private string? ReadVolume()
    {
        const int FlagsOffset = 10;
        const ushort Dirty = 0x1;
        var file = _files.Get(FileReference.Of(VolumeRecord, 0));
        if (file.Find(AttributeType.VolumeInformation, "")?.Value is { Length: >= FlagsOffset + 2 } information
            && (BinaryPrimitives.ReadUInt16LittleEndian(information.AsSpan(FlagsOffset)) & Dirty) != 0)
        {
            _volume.Warnings.Add("the volume is marked as dirty: chkdsk is to check it");
        }

        var name = Encoding.Unicode.GetString(file.Find(AttributeType.VolumeName, "")?.Value ?? []);
        return name.Length == 0 ? null : name;
    }

    // Fast startup is hibernation, too: the kernel keeps in its image what it has not written to the volume.
    private void WarnOfHibernation()
    {
        try
        {
            Span<byte> signature = stackalloc byte[4];
            if (Lookup(Root, "hiberfil.sys") is { } entry && GetNode(entry.NodeId) is { Kind: FileKind.Regular } file
                && Read(file, 0, signature) == signature.Length && (signature.SequenceEqual("hibr"u8) || signature.SequenceEqual("HIBR"u8)))
            {
                _volume.Warnings.Add("the system on the volume is hibernated, perhaps by a fast startup; changes that only its memory held are not shown");
            }
        }
        catch (DiskImageException exception) when (exception.Error is not (DiskImageError.Unavailable or DiskImageError.Changed))
        {
            // A damaged root directory is told by whoever lists it.
        }
    }

    // A restart page that has clients was not closed by unmounting. Rules: the structures RESTART_PAGE_HEADER and RESTART_AREA.
    private void WarnOfLog()
    {
        const int PageLength = 4096;
        const ushort NoClient = 0xffff;
        const ushort IsClean = 0x2;
        if (_files.Get(FileReference.Of(LogRecord, 0)).Data is not { Size: >= PageLength } log)
        {
            return;
        }

        var page = new byte[PageLength];
        _content.Read(log, 0, page);
        int area = BinaryPrimitives.ReadUInt16LittleEndian(page.AsSpan(24));
        if (page.AsSpan().StartsWith("RSTR"u8) && area <= PageLength - 16
            && BinaryPrimitives.ReadUInt16LittleEndian(page.AsSpan(area + 12)) != NoClient
            && (BinaryPrimitives.ReadUInt16LittleEndian(page.AsSpan(area + 14)) & IsClean) == 0)
        {
            _volume.Warnings.Add("the volume was not unmounted; changes that only its log holds are not shown");
        }
    }
}
