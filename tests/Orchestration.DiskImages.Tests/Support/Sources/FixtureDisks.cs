using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Volumes;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Support.Sources;

/// <summary>Disks that are stored with the tests, see Fixtures/README.md.</summary>
/// <param name="name">The folder.</param>
internal sealed class FixtureDisks(string name)
{
    // Decompressing takes longer than most tests.
    private static readonly ConcurrentDictionary<string, byte[]> Disks = new(StringComparer.Ordinal);

    private readonly string _folder = Path.Combine(RepositoryRoot.Path, "tests", "Orchestration.DiskImages.Tests", "Fixtures", name);

    /// <summary>The content of each volume as the kernel that made it saw it: size and SHA-256, by name.</summary>
    public IReadOnlyDictionary<string, string> ExpectedVolumes => File.ReadLines(Path.Combine(_folder, "volumes.txt"))
        .Select(line => line.Split(' ', 2))
        .ToDictionary(words => words[0], words => words[1], StringComparer.Ordinal);

    /// <summary>Fresh copies of the disks, by the letters of their names.</summary>
    public IReadOnlyList<MemoryByteSource> Read(string disks) => [.. disks.Select(disk => new MemoryByteSource([.. Disks.GetOrAdd(Path.Combine(_folder, $"{disk}.raw.br"), Decompress)]))];

    /// <summary>Describes a volume as <see cref="ExpectedVolumes"/> does.</summary>
    public static string Describe(Volume volume) => volume.Content is { } content
        ? string.Create(CultureInfo.InvariantCulture, $"{content.Length} {Convert.ToHexStringLower(SHA256.HashData(content.ReadBytes(0, (int)content.Length)))}")
        : volume.Problem ?? "nothing";

    private static byte[] Decompress(string path)
    {
        using var stored = File.OpenRead(path);
        using var decompressed = new BrotliStream(stored, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        decompressed.CopyTo(bytes);
        return bytes.ToArray();
    }
}
