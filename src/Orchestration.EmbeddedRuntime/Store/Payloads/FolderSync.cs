using System.Runtime.InteropServices;

namespace Orchestration.EmbeddedRuntime.Store.Payloads;

/// <summary>
/// Makes the names in a folder durable. Syncing a file makes its content durable, not the name under which it is found: after a power cut a
/// new file could be gone although it was synced.
/// </summary>
internal static partial class FolderSync
{
    private const int ReadOnly = 0;
    private const int InvalidArgument = 22;

    /// <summary>Creates a folder, where it is missing, under a name that survives a power cut. Its parents need not exist.</summary>
    /// <exception cref="IOException">It cannot be created or synced; the HResult is the operating system's error number.</exception>
    public static void Create(string folder)
    {
        if (!Directory.Exists(folder))
        {
            string? parent = Path.GetDirectoryName(folder);
            if (!string.IsNullOrEmpty(parent))
            {
                Create(parent);
            }

            Directory.CreateDirectory(folder);
            if (!string.IsNullOrEmpty(parent))
            {
                Sync(parent);
            }
        }
    }

    /// <summary>Syncs the names in a folder.</summary>
    /// <exception cref="IOException">It cannot be opened or synced; the HResult is the operating system's error number.</exception>
    public static void Sync(string folder)
    {
        // NTFS journals its names, and Windows has no call for this.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
        {
            throw Failed(folder);
        }

        try
        {
            // A file system that cannot sync folders (EINVAL), such as some in user space, has no better way to offer.
            if (Sync(descriptor) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
            {
                throw Failed(folder);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failed(string folder) =>
        new($"The folder '{folder}' cannot be synced: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
