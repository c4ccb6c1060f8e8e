using Microsoft.Win32.SafeHandles;

namespace Orchestration.DiskImages.Sources;

/// <summary>A file or block device on this machine. Thread-safe; the operating system caches and reads ahead.</summary>
public sealed class FileByteSource : IMeasuredByteSource, IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly CancellationToken _cancellationToken;
    private long _bytesRead;
    private long _requests;

    /// <param name="path">An existing file.</param>
    /// <param name="cancellationToken">Once cancelled, reads throw <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="DiskImageException">
    /// <see cref="DiskImageError.NotFound"/> where there is no such file, <see cref="DiskImageError.Unavailable"/> where it cannot be opened.
    /// </exception>
    public FileByteSource(string path, CancellationToken cancellationToken = default)
    {
        try
        {
            _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess);
            Length = RandomAccess.GetLength(_handle);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DiskImageException(DiskImageError.NotFound, "file", null, $"'{path}' does not exist", exception);
        }
        catch (UnauthorizedAccessException exception) when (Directory.Exists(path))
        {
            throw new DiskImageException(DiskImageError.NotFound, "file", null, $"'{path}' is a folder, not a file", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _handle?.Dispose();
            throw new DiskImageException(DiskImageError.Unavailable, "file", null, $"'{path}' cannot be opened: {exception.Message}", exception);
        }

        _cancellationToken = cancellationToken;
    }

    public long Length { get; }

    public ReadStatistics Statistics
    {
        get
        {
            var requests = Interlocked.Read(ref _requests);
            return new ReadStatistics(Interlocked.Read(ref _bytesRead), requests, requests, 0, requests);
        }
    }

    public void Read(long offset, Span<byte> buffer)
    {
        this.RequireInside(offset, buffer.Length);
        while (!buffer.IsEmpty)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var count = ReadOnce(offset, buffer);
            if (count == 0)
            {
                throw new DiskImageException(DiskImageError.Changed, "file", offset, $"the file had {Length} bytes when it was opened and is now shorter");
            }

            offset += count;
            buffer = buffer[count..];
        }
    }

    /// <summary>Does nothing: a local read costs less than the bookkeeping.</summary>
    public void Prefetch(IReadOnlyList<ByteRange> ranges)
    {
    }

    public void Dispose() => _handle.Dispose();

    private int ReadOnce(long offset, Span<byte> buffer)
    {
        try
        {
            var count = RandomAccess.Read(_handle, buffer, offset);
            Interlocked.Increment(ref _requests);
            Interlocked.Add(ref _bytesRead, count);
            return count;
        }
        catch (IOException exception)
        {
            throw new DiskImageException(DiskImageError.Unavailable, "file", offset, exception.Message, exception);
        }
    }
}
