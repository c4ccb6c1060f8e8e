namespace Orchestration.DiskImages.Tests.Support.Trees;

/// <summary>One folder of this machine for all tests of a class, with everything that a file system can hold, to make images of.</summary>
public sealed class WrittenTreeFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<string> _root;

    public WrittenTreeFixture() => _root = new Lazy<string>(() =>
    {
        var root = Directory.CreateDirectory(_folder["written"]).FullName;
        KernelWrites.Everything(root, SampleTree.Create(_folder), 1500);
        return root;
    });

    public string Root => _root.Value;

    public void Dispose() => _folder.Dispose();
}
