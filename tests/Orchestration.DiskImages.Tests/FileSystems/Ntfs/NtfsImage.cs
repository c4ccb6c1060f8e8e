using System.Buffers.Binary;
using System.Text;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.FileSystems.Ntfs;

/// <summary>An empty volume, and where its file records lie.</summary>
internal static class NtfsImage
{
    private const int RecordLength = 1024;

    public static void Create(TemporaryFolder folder, string options) =>
        Tool.Run("mkntfs", ["-q", "-F", "-f", "-L", "label", .. options.Split(' '), folder.CreateSparse("image", 128 * 1024 * 1024)]);

    /// <summary>The first record of the master file table and its copy, which begin with the same name.</summary>
    public static List<int> FindFirstRecords(byte[] bytes) =>
        [.. FindRecords(bytes, "$MFT").Except(FindRecords(bytes, "$MFTMirr")).Where(at => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 44)) == 0)];

    /// <summary>The records that hold the name.</summary>
    public static List<int> FindRecords(byte[] bytes, string name) =>
    [
        .. Enumerable.Range(0, bytes.Length / RecordLength).Select(record => record * RecordLength)
            .Where(at => bytes.AsSpan(at).StartsWith("FILE"u8) && bytes.AsSpan(at, RecordLength).IndexOf(Encoding.Unicode.GetBytes(name)) > 0),
    ];
}
