using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Orchestration.EmbeddedRuntime.Store.Payloads;

/// <summary>
/// Values that are too large for their rows, each in a file of its own beside the store. The row holds a reference: a byte that no JSON
/// begins with, the file's number and length (64 bits each, big-endian), and the SHA-256 of its content. Reading is safe for concurrent use;
/// writing is the writer's.
/// </summary>
/// <param name="storePath">The store's file.</param>
/// <param name="threshold">Bytes that a row may hold; larger values go to files.</param>
/// <param name="isSynced">Whether files and their names are synced to disk.</param>
internal sealed class PayloadFiles(string storePath, int threshold, bool isSynced)
{
    // Bounds the files that are open at once.
    private const int MaxUnsynced = 64;

    private const byte Mark = 1;
    private const int ReferenceLength = 1 + (2 * sizeof(long)) + SHA256.HashSizeInBytes;
    private const string Extension = ".payload";

    private readonly string _folder = storePath + ".payloads";
    private readonly List<SafeFileHandle> _unsynced = [];

    public bool IsTooLarge(int length) => length > threshold;

    /// <summary>
    /// Writes a file, which is durable after <see cref="Sync"/>, and gives the reference to it. A file of the same number is left over from a
    /// crash and replaced.
    /// </summary>
    public byte[] Write(long file, ReadOnlySpan<byte> content)
    {
        FolderSync.Create(_folder);
        SafeFileHandle handle = File.OpenHandle(PathOf(file), FileMode.Create, FileAccess.Write);
        _unsynced.Add(handle);
        RandomAccess.Write(handle, content, fileOffset: 0);
        if (_unsynced.Count >= MaxUnsynced)
        {
            SyncContents();
        }

        byte[] reference = new byte[ReferenceLength];
        reference[0] = Mark;
        BinaryPrimitives.WriteInt64BigEndian(reference.AsSpan(1), file);
        BinaryPrimitives.WriteInt64BigEndian(reference.AsSpan(1 + sizeof(long)), content.Length);
        SHA256.HashData(content, reference.AsSpan(1 + (2 * sizeof(long))));
        return reference;
    }

    /// <summary>Makes what has been written durable, contents and names.</summary>
    public void Sync()
    {
        SyncContents();
        if (isSynced)
        {
            FolderSync.Sync(_folder);
        }
    }

    /// <summary>Closes what has been written without making it durable: its transaction is given up.</summary>
    public void Forget()
    {
        _unsynced.ForEach(handle => handle.Dispose());
        _unsynced.Clear();
    }

    /// <summary>Syncs files side by side: the file system puts what is synced at the same time into one commit of its journal.</summary>
    private void SyncContents()
    {
        try
        {
            if (isSynced)
            {
                Parallel.ForEach(_unsynced, RandomAccess.FlushToDisk);
            }
        }
        catch (AggregateException exception) when (exception.InnerException is { } first)
        {
            ExceptionDispatchInfo.Throw(first);
        }
        finally
        {
            Forget();
        }
    }

    /// <summary>The value itself, whether a row holds it or a reference to it.</summary>
    /// <exception cref="FileNotFoundException">The file is not there: its row may have been removed since it was read.</exception>
    /// <exception cref="StoreException">The file is not what was written.</exception>
    public byte[] Resolve(byte[] stored)
    {
        if (stored.Length != ReferenceLength || stored[0] != Mark)
        {
            return stored;
        }

        string path = PathOf(BinaryPrimitives.ReadInt64BigEndian(stored.AsSpan(1)));
        long length = BinaryPrimitives.ReadInt64BigEndian(stored.AsSpan(1 + sizeof(long)));
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        byte[] content = file.Length == length ? new byte[length] : throw Damaged(path, $"expected {length} bytes, found {file.Length}");
        file.ReadExactly(content);
        return SHA256.HashData(content).AsSpan().SequenceEqual(stored.AsSpan(1 + (2 * sizeof(long))))
            ? content
            : throw Damaged(path, "its content is not what was written");
    }

    /// <summary>Removes files that no row refers to any more. One that cannot be removed is left for the next start.</summary>
    public void Remove(IEnumerable<long> files)
    {
        foreach (long file in files)
        {
            try
            {
                File.Delete(PathOf(file));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // What was stored is stored all the same.
            }
        }
    }

    /// <summary>The numbers of all files that are there.</summary>
    public IEnumerable<long> All() => Directory.Exists(_folder)
        ? Directory.EnumerateFiles(_folder, "*" + Extension)
            .Select(path => long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out long file) ? file : 0)
            .Where(file => file > 0)
        : [];

    private string PathOf(long file) => Path.Combine(_folder, file.ToString(CultureInfo.InvariantCulture) + Extension);

    private StoreException Damaged(string path, string what) => new(StoreError.Damaged, storePath, $"the payload '{path}' is damaged: {what}.");
}
