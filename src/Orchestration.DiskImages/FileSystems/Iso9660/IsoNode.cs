using System.Text;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.FileSystems.Iso9660;

/// <summary>A file with all that its records and their extensions say.</summary>
internal sealed class IsoNode
{
    private const int DefaultPermissions = 0b101_101_101;
    private const int PermissionBits = 0xfff;

    private readonly IsoVolume _volume;
    private readonly RockRidge? _extension;

    public IsoNode(IsoVolume volume, IsoFile file)
    {
        _volume = volume;
        File = file;
        _extension = volume.Names == IsoNames.RockRidge ? RockRidge.Read(volume, file.Record) : null;
        Name = _extension?.Name ?? file.Record.ReadName(volume.Names);
        Kind = _extension?.Mode is { } mode ? PosixFileKind.FromMode(mode) : file.Record.IsDirectory ? FileKind.Directory : FileKind.Regular;
    }

    public IsoFile File { get; }

    public string Name { get; }

    public FileKind Kind { get; }

    /// <summary>Bytes as they are read, which for some are more than are stored.</summary>
    public long Size => Kind switch
    {
        FileKind.Regular => _extension?.StoredAs is null ? File.Size : _extension.DecodedSize,
        FileKind.Directory => File.Size,
        FileKind.SymbolicLink => Encoding.UTF8.GetByteCount(Target),
        _ => 0,
    };

    /// <inheritdoc cref="RockRidge.Target"/>
    public string Target => _extension?.Target ?? "";

    /// <inheritdoc cref="RockRidge.IsMoved"/>
    public bool IsMoved => _extension?.IsMoved ?? false;

    /// <inheritdoc cref="RockRidge.MovedTo"/>
    public uint? MovedTo => _extension?.MovedTo;

    public FileNode ToNode()
    {
        var modified = _extension?.Modified ?? File.Record.Recorded;
        return new FileNode(
            (ulong)File.Record.Offset,
            Kind,
            _extension?.Mode is { } mode ? mode & PermissionBits : DefaultPermissions,
            _extension?.UserId ?? 0,
            _extension?.GroupId ?? 0,
            Size,
            _extension?.LinkCount ?? 1,
            modified,
            _extension?.Changed ?? modified);
    }

    /// <summary>Refuses what is no file, or a file whose content is not stored as it is.</summary>
    public void RequireReadable()
    {
        if (Kind != FileKind.Regular)
        {
            throw IsoVolume.Corrupt(File.Record.Offset, $"a {Kind} is read as a file");
        }

        if (_extension?.StoredAs is { } stored)
        {
            throw IsoVolume.Unsupported(File.Record.Offset, $"the file '{Name}' is stored as {stored}, which cannot be read");
        }

        if (File.Parts.Any(part => part.IsInterleaved))
        {
            throw IsoVolume.Unsupported(File.Record.Offset, $"the file '{Name}' is interleaved with others, which cannot be read");
        }
    }

    /// <summary>Where the bytes of the content lie, in order.</summary>
    public IEnumerable<ByteRange> Locate(long offset, long length)
    {
        var end = offset + length;
        long start = 0;
        foreach (var part in File.Parts)
        {
            var first = Math.Max(offset, start);
            var last = Math.Min(end, start + part.Size);
            if (first < last)
            {
                yield return new ByteRange(part.ContentOffset(_volume.BlockSize) + (first - start), last - first);
            }

            start += part.Size;
        }
    }
}
