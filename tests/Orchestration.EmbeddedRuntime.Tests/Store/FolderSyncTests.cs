using Orchestration.EmbeddedRuntime.Store.Payloads;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Store;

public sealed class FolderSyncTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_is_created_with_its_parents_and_can_be_synced()
    {
        string folder = _folder.File("one/two/three");

        FolderSync.Create(folder);
        FolderSync.Sync(folder);

        Assert.True(Directory.Exists(folder));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error_with_the_systems_number()
    {
        const int NoSuchFile = 2;

        IOException error = Assert.Throws<IOException>(() => FolderSync.Sync(_folder.File("missing")));

        Assert.Equal(NoSuchFile, error.HResult);
    }
}
