using Orchestration.TestSupport;

namespace Orchestration.EmbeddedRuntime.Tests.Fixtures;

/// <summary>A real file system of 4 MiB on a folder of its own, to be filled and to be made read-only. It takes root to make one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private static readonly Lazy<string?> Missing = new(() =>
    {
        try
        {
            new SmallDisk().Dispose();
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"needs to mount a tmpfs: {exception.Message}";
        }
    });

    public SmallDisk()
    {
        try
        {
            Tool.Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", Folder.Path);
        }
        catch
        {
            Folder.Dispose();
            throw;
        }
    }

    public TemporaryFolder Folder { get; } = new();

    private string Filler => Folder.File("filler");

    /// <summary>Why one cannot be made here; null: it can.</summary>
    public static string? DescribeMissing() => Missing.Value;

    /// <summary>Uses up all space that is left.</summary>
    public void Fill()
    {
        using FileStream file = File.Create(Filler, bufferSize: 0);
        byte[] block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Free() => File.Delete(Filler);

    public void SetReadOnly(bool isReadOnly) =>
        Tool.Run("mount", "-o", isReadOnly ? "remount,ro" : "remount,rw", Folder.Path);

    public void Dispose()
    {
        Tool.Run("umount", Folder.Path);
        Folder.Dispose();
    }
}

/// <summary>A fact that needs a <see cref="SmallDisk"/>; where none can be made it is reported as skipped, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresSmallDiskFactAttribute : FactAttribute
{
    public override string? Skip => SmallDisk.DescribeMissing();
}
