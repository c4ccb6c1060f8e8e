using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Tests.Support.Sources;

/// <summary>Opens the files of one folder by name.</summary>
internal sealed class NeighbourFiles(string folder) : IBackingFileResolver
{
    public IByteSource Open(string name) => new FileByteSource(Path.Combine(folder, name));
}

/// <summary>Opens whatever the test says.</summary>
internal sealed class FileResolver(Func<string, IByteSource> open) : IBackingFileResolver
{
    public IByteSource Open(string name) => open(name);
}
