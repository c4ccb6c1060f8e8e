using Orchestration.DiskImages.Formats.Ova;
using Orchestration.DiskImages.Formats.Qcow2;
using Orchestration.DiskImages.Formats.Vdi;
using Orchestration.DiskImages.Formats.Vhd;
using Orchestration.DiskImages.Formats.Vhdx;
using Orchestration.DiskImages.Formats.Vmdk;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Volumes.Encryption;

namespace Orchestration.DiskImages.Formats;

/// <summary>The files that an image refers to, the images that it rests on and extents, opened through the caller's resolver and owned together. Not thread-safe while opening.</summary>
internal sealed class BackingChain(IBackingFileResolver? resolver, IDiskKeys? keys = null) : IDisposable
{
    private const int MaximumDepth = 16;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<IDisposable> _opened = [];
    private readonly List<string> _warnings = [];

    private BackingChain(IBackingFileResolver resolver, BackingChain outer)
        : this(resolver, outer.Keys) => (_warnings, Memory) = (outer._warnings, outer.Memory);

    /// <summary>Opens encrypted images; null leaves them closed.</summary>
    public IDiskKeys? Keys => keys;

    /// <summary>What the files of the image, however many, keep of themselves.</summary>
    public ImageMemory Memory { get; } = new();

    public IReadOnlyList<string> Warnings => _warnings;

    public void Warn(string warning) => _warnings.Add(warning);

    /// <summary>The virtual disk in <paramref name="source"/>, which is of a format that stores one.</summary>
    /// <param name="source">The stored image.</param>
    /// <param name="format">Its format.</param>
    /// <param name="snapshot">Id or name of the internal snapshot wanted; null for the present state.</param>
    public StoredDisk OpenImage(IByteSource source, string format, string? snapshot = null) => format switch
    {
        ImageFormatDetector.Qcow2 => Qcow2Image.Open(source, this, snapshot),
        _ when snapshot is not null => throw new DiskImageException(DiskImageError.NotFound, "image", null, $"a {format} image has no internal snapshots"),
        ImageFormatDetector.Vdi => VdiImage.Open(source, this),
        ImageFormatDetector.Vhd => VhdImage.Open(source, this),
        ImageFormatDetector.Vhdx => VhdxImage.Open(source, this),
        ImageFormatDetector.Vmdk => VmdkImage.Open(source, this),
        ImageFormatDetector.Ova => OvaImage.Open(source, this),
        _ => throw new DiskImageException(DiskImageError.Unsupported, "image", 0, $"the image is {format}, a format that cannot be read yet"),
    };

    /// <summary>The same for images whose files are found elsewhere: inside an archive. Warnings and memory are this one's.</summary>
    public BackingChain Within(IBackingFileResolver files) => new(files, this);

    /// <summary>The virtual disk that an image rests on.</summary>
    public IByteSource OpenParent(ParentReference parent)
    {
        if (!_names.Add(parent.Name))
        {
            throw new DiskImageException(DiskImageError.Corrupt, "backing file", null, $"'{parent.Name}' rests on itself");
        }

        if (_names.Count > MaximumDepth)
        {
            throw new DiskImageException(DiskImageError.LimitExceeded, "backing file", null, $"more than {MaximumDepth} images rest on each other");
        }

        return OpenAs(OpenFile(parent.Name), parent);
    }

    /// <summary>A file that holds a part of an image, as it is stored.</summary>
    public IByteSource OpenFile(string name)
    {
        if (resolver is null)
        {
            throw new DiskImageException(DiskImageError.NotFound, "backing file", null, $"the image rests on '{name}', and backing files are not allowed here");
        }

        if (name.StartsWith("json:", StringComparison.Ordinal) || HasProtocol(name))
        {
            throw new DiskImageException(DiskImageError.Unsupported, "backing file", null, $"'{name}' is a protocol reference; only plain file names are followed");
        }

        var source = resolver.Open(name);
        if (source is IDisposable disposable)
        {
            _opened.Add(disposable);
        }

        return source;
    }

    public void Dispose() => _opened.ForEach(source => source.Dispose());

    // The owner of a machine with a raw disk can write a qcow2 header into its first sector. Whoever then guesses the format of the backing
    // file follows a name that the guest chose. So the format that the image records is taken, and raw where it records none.
    private IByteSource OpenAs(IByteSource source, ParentReference parent)
    {
        var found = ImageFormatDetector.Detect(source);
        if (parent.Format is null && found != ImageFormatDetector.Raw)
        {
            throw new DiskImageException(
                DiskImageError.FormatMismatch,
                "backing file",
                null,
                $"'{parent.Name}' looks like {found}, but the image does not record the format of its backing file, so it may only be raw ('qemu-img rebase -u -F' records it)");
        }

        // An explicit raw is taken at its word: its content is the guest's own business.
        if (parent.Format is null or ImageFormatDetector.Raw)
        {
            return source;
        }

        var disk = OpenImage(source, ImageFormatDetector.Resolve(source, parent.Format));
        return parent.Identities.Count == 0 || parent.Identities.Contains(disk.Identity, StringComparer.OrdinalIgnoreCase)
            ? disk.Content
            : throw new DiskImageException(
                DiskImageError.Corrupt,
                "backing file",
                null,
                $"'{parent.Name}' is not, or no longer, what the image was made on: expected {string.Join(" or ", parent.Identities)}, found {disk.Identity ?? "no identity"}");
    }

    private static bool HasProtocol(string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && name.AsSpan(0, colon).IndexOf('/') < 0;
    }
}
