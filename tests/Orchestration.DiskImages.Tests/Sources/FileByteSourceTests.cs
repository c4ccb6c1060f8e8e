using Orchestration.DiskImages.Sources;

namespace Orchestration.DiskImages.Tests.Sources;

public class FileByteSourceTests
{
    [Fact]
    public void A_folder_is_told_from_a_file_that_may_not_be_read()
    {
        var exception = Assert.Throws<DiskImageException>(() => new FileByteSource(Path.GetTempPath()));

        Assert.Equal(DiskImageError.NotFound, exception.Error);
        Assert.EndsWith("is a folder, not a file", exception.Message, StringComparison.Ordinal);
    }
}
