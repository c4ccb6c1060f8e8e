using Orchestration.DiskImages.Formats.Qcow2;
using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Formats;

/// <summary>The images that one image rests on, opened through the caller's resolver and owned together. Not thread-safe while opening.</summary>
internal sealed class BackingChain(IBackingFileResolver? resolver) : IDisposable
{
    private const int MaximumDepth = 16;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<IDisposable> _opened = [];
    private readonly List<string> _warnings = [];

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The virtual disk in <paramref name="source"/>, which is of a format that stores one.</summary>
    public IByteSource OpenImage(IByteSource source, string format)
    {
        if (format != ImageFormatDetector.Qcow2)
        {
            throw new DiskImageException(DiskImageError.Unsupported, "image", 0, $"the image is {format}, a format that cannot be read yet");
        }

        var header = Qcow2Header.Read(source);
        _warnings.AddRange(header.Warnings);
        var backing = header.BackingFile is null ? null : OpenBacking(header.BackingFile, header.BackingFormat);
        return new Qcow2Image(source, header, backing);
    }

    public void Dispose() => _opened.ForEach(source => source.Dispose());

    private IByteSource OpenBacking(string name, string? format)
    {
        if (resolver is null)
        {
            throw new DiskImageException(DiskImageError.NotFound, "backing file", null, $"the image rests on '{name}', and backing files are not allowed here");
        }

        if (name.StartsWith("json:", StringComparison.Ordinal) || HasProtocol(name))
        {
            throw new DiskImageException(DiskImageError.Unsupported, "backing file", null, $"'{name}' is a protocol reference; only plain file names are followed");
        }

        if (!_names.Add(name))
        {
            throw new DiskImageException(DiskImageError.Corrupt, "backing file", null, $"'{name}' rests on itself");
        }

        if (_names.Count > MaximumDepth)
        {
            throw new DiskImageException(DiskImageError.LimitExceeded, "backing file", null, $"more than {MaximumDepth} images rest on each other");
        }

        var source = resolver.Open(name);
        if (source is IDisposable disposable)
        {
            _opened.Add(disposable);
        }

        return OpenAs(source, name, format);
    }

    // The owner of a machine with a raw disk can write a qcow2 header into its first sector. Whoever then guesses the format of the backing
    // file follows a name that the guest chose. So the format that the image records is taken, and raw where it records none.
    private IByteSource OpenAs(IByteSource source, string name, string? format)
    {
        var found = ImageFormatDetector.Detect(source);
        if (format is null && found != ImageFormatDetector.Raw)
        {
            throw new DiskImageException(
                DiskImageError.FormatMismatch,
                "backing file",
                null,
                $"'{name}' looks like {found}, but the image does not record the format of its backing file, so it may only be raw ('qemu-img rebase -u -F' records it)");
        }

        // An explicit raw is taken at its word: its content is the guest's own business.
        return format is null or "raw" ? source : OpenImage(source, ImageFormatDetector.Resolve(source, format));
    }

    private static bool HasProtocol(string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && name.AsSpan(0, colon).IndexOf('/') < 0;
    }
}
