namespace Orchestration.DiskImages.Tests.Support.Trees;

/// <summary>One sample tree for all tests of a class.</summary>
public sealed class SampleTreeFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SampleTreeFixture() => Root = SampleTree.Create(_folder);

    public string Root { get; }

    public void Dispose() => _folder.Dispose();
}
