namespace Orchestration.DiskImages.Tests.Support;

/// <summary>A folder for the files of one test, removed after it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("disk-images-").FullName;

    public string this[string name] => Path.Combine(Root, name);

    /// <summary>An empty sparse file.</summary>
    public string CreateSparse(string name, long length)
    {
        using var file = File.Create(this[name]);
        file.SetLength(length);
        return this[name];
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
