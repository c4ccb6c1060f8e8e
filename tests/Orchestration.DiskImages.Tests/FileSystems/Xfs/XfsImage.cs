using Orchestration.DiskImages.Tests.Support;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Xfs;

/// <summary>Makes images smaller than mkfs.xfs makes for anybody but its own test suite, whose environment these variables are.</summary>
internal static class XfsImage
{
    public static string Create(TemporaryFolder folder, string options, int megabytes = 64) => Create(folder.CreateSparse("image", megabytes * 1024L * 1024), options);

    private static string Create(string path, string options)
    {
        Tool.Run("env", ["TEST_DIR=x", "TEST_DEV=x", "QA_CHECK_FS=x", "mkfs.xfs", "-q", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), path]);
        return path;
    }
}
