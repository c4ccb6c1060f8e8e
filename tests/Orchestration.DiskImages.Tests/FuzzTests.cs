using System.Diagnostics;
using System.IO.Compression;
using Orchestration.DiskImages.Fuzz;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests;

/// <summary>Images that once broke the reader, and a short run of the fuzzer over all kinds. Long runs: tests/Orchestration.DiskImages.Fuzz.</summary>
public sealed class FuzzTests
{
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(20);
    private const int MostRounds = 40;

    private static readonly string Crashes = Path.Combine(RepositoryRoot.Path, "tests", "Orchestration.DiskImages.Tests", "Fixtures", "crashes");

    public static TheoryData<string> CrashNames => new(Directory.GetFiles(Crashes, "*.br").Select(path => Path.GetFileNameWithoutExtension(path)));

    [Theory]
    [MemberData(nameof(CrashNames))]
    public void An_image_that_once_broke_the_reader_is_read_or_refused(string name)
    {
        using var stored = File.OpenRead(Path.Combine(Crashes, $"{name}.br"));
        using var decompressed = new BrotliStream(stored, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        decompressed.CopyTo(bytes);

        Assert.Null(new Fuzzer(new SeedImage(name[..name.LastIndexOf('-')], bytes.ToArray())).Describe(bytes.ToArray()));
    }

    [Fact]
    public void Damaged_images_of_every_kind_are_read_or_refused()
    {
        var fuzzers = SeedImages.Create().Select(seed => new Fuzzer(seed)).ToList();
        var clock = Stopwatch.StartNew();

        // The first round is always whole; a slow machine has fewer of the others.
        var failures = Enumerable.Range(0, MostRounds)
            .TakeWhile(round => round == 0 || clock.Elapsed < RunTime)
            .SelectMany(round => fuzzers.Select(fuzzer => fuzzer.Try(round)).OfType<Failure>())
            .Select(failure => $"{failure.Seed} {failure.Number}: {failure.Problem}");

        Assert.Empty(failures);
    }
}
