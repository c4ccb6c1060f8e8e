using Azure.Identity;
using Azure.Storage.Blobs;
using Orchestration.DiskImages;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Volumes;
using Orchestration.DiskImages.Volumes.Encryption;
using Orchestration.Inspection;
using Orchestration.Inspection.Files;
using Orchestration.Inspection.Mapping;

namespace Orchestration.Cli.Commands.Images;

/// <summary>An opened image, and the files in it.</summary>
internal sealed class ImageSession : IDisposable
{
    private readonly IMeasuredByteSource _source;
    private readonly string? _volume;
    private readonly Lazy<(GuestTree Files, Guest? Guest)> _files;

    private ImageSession(IMeasuredByteSource source, DiskImage image, string? volume)
    {
        _source = source;
        _volume = volume;
        Image = image;
        _files = new Lazy<(GuestTree, Guest?)>(OpenFiles);
    }

    public DiskImage Image { get; }

    /// <summary>Bytes of the stored image, without files that it refers to.</summary>
    public long StoredBytes => _source.Length;

    public ReadStatistics Cost => _source.Statistics;

    /// <summary>The guest's tree or, without a guest or where one was asked for, that of one file system.</summary>
    /// <exception cref="CommandException">There is no guest, and several or no file systems.</exception>
    public GuestTree Files => _files.Value.Files;

    /// <summary>The guest; null where there is none, or one file system was asked for.</summary>
    public Guest? Guest => _files.Value.Guest;

    public static async Task<ImageSession> OpenAsync(
        string image, string? format, string? snapshot, IReadOnlyList<FileInfo> keyFiles, string? volume, CancellationToken cancellationToken)
    {
        var url = Uri.TryCreate(image, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" ? uri : null;
#pragma warning disable CA2000 // Disposed with the session or, where there is none, below.
        IMeasuredByteSource source = url is null
            ? new FileByteSource(image, cancellationToken)
            : await BlobByteSource.OpenAsync(ClientFor(url), null, cancellationToken);
#pragma warning restore CA2000
        try
        {
            var keys = keyFiles.Count == 0 ? null : new KeyFiles(keyFiles);
            var files = url is null ? (IBackingFileResolver)new FilesBeside(image, cancellationToken) : new BlobsBeside(url, cancellationToken);
            return new ImageSession(source, DiskImage.Open(source, format, files, keys, snapshot), volume);
        }
        catch
        {
            (source as IDisposable)?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Image.Dispose();
        (_source as IDisposable)?.Dispose();
    }

    private (GuestTree Files, Guest? Guest) OpenFiles()
    {
        if (_volume is not null)
        {
            var wanted = Image.Volumes.Volumes.FirstOrDefault(volume => volume.Device == _volume || volume.Aliases.Contains(_volume));
            return wanted is { Content: not null }
                ? (Mount(wanted), null)
                : throw new CommandException(ExitCode.Refused, wanted?.Problem ?? $"There is no {_volume}, only {string.Join(", ", Image.Volumes.Volumes.Select(volume => volume.Device))}.");
        }

        try
        {
            var guest = Guest.Open(Image, GuestMapper.Map(Image));
            return (guest.Files, guest);
        }
        catch (InspectionException exception) when (exception.Error is InspectionError.NoOperatingSystem)
        {
            return Image.Volumes.Volumes.Where(IsReadable).ToList() is [var only]
                ? (Mount(only), null)
                : throw new CommandException(ExitCode.Refused, $"{exception.Message}. Choose a file system with --volume.", exception);
        }
    }

    private GuestTree Mount(Volume volume) => new([new GuestMount("/", Image.Volumes.OpenFileSystem(volume))]);

    private bool IsReadable(Volume volume)
    {
        try
        {
            return volume.Content is not null && Image.Volumes.OpenFileSystem(volume) is not null;
        }
        catch (DiskImageException exception) when (exception.Error is not (DiskImageError.Unavailable or DiskImageError.Changed))
        {
            return false;
        }
    }

    // Azurite, which alone speaks plain http, and addresses with a signature need no other credentials.
    private static BlobClient ClientFor(Uri url) =>
        url.Scheme == "http" || url.Query.Contains("sig=", StringComparison.Ordinal) ? new BlobClient(url) : new BlobClient(url, new DefaultAzureCredential());

    private static string RequirePlainName(string name) =>
        name.Length > 0 && name.Split('/').All(segment => segment is not ("" or "." or "..")) && !name.Contains('\\', StringComparison.Ordinal)
            ? name
            : throw new DiskImageException(DiskImageError.NotFound, "backing file", null, $"'{name}' is not the name of a file beside the image");

    private sealed class FilesBeside(string image, CancellationToken cancellationToken) : IBackingFileResolver
    {
        public IByteSource Open(string name) => new FileByteSource(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(image)) ?? "/", RequirePlainName(name)), cancellationToken);
    }

    private sealed class BlobsBeside(Uri image, CancellationToken cancellationToken) : IBackingFileResolver
    {
        public IByteSource Open(string name)
        {
            var builder = new BlobUriBuilder(image);
            var folder = builder.BlobName.LastIndexOf('/');
            builder.BlobName = builder.BlobName[..(folder + 1)] + RequirePlainName(name);
            return BlobByteSource.OpenAsync(ClientFor(builder.ToUri()), null, cancellationToken).GetAwaiter().GetResult();
        }
    }

    private sealed class KeyFiles(IReadOnlyList<FileInfo> files) : IDiskKeys
    {
        // A key file counts byte by byte; one that an editor wrote ends in a line end that the passphrase does not have.
        public IEnumerable<ReadOnlyMemory<byte>> Find(EncryptedVolume volume)
        {
            foreach (var file in files)
            {
                var content = File.ReadAllBytes(file.FullName);
                yield return content;
                if (content is [.., (byte)'\n'])
                {
                    yield return content.AsMemory(0, content.Length - 1);
                }
            }
        }
    }
}
