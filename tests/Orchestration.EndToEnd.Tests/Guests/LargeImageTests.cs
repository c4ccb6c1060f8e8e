using System.Globalization;
using Azure.Storage.Blobs.Specialized;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.TestSupport;
using Xunit.Abstractions;

namespace Orchestration.EndToEnd.Tests.Guests;

/// <summary>A disk of two GiB with a real Debian on it, in a page blob, as Azure keeps disks.</summary>
[Collection(RunningService.Collection)]
public class LargeImageTests(RunningService service, ITestOutputHelper output)
{
    private const int Chunk = 4 * 1024 * 1024;

    [RequiresDebianRootFact("dpkg-query")]
    public async Task Inspecting_and_profiling_it_reads_less_than_a_twentieth_and_finds_what_dpkg_lists()
    {
        await UploadAsPageBlobAsync("debian-2g.raw");

        var result = await service.RunAsync(Jobs.Inspect("inspect-large-01", "images/debian-2g.raw", "raw", "security", "compliance", "hardening"));

        Assert.Equal("completed", result.Status);
        var metrics = result.Metrics!;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{metrics.DiskReadBytes} of {metrics.ImageSizeBytes} bytes, {metrics.Requests} requests, {metrics.Waves} waves, {result.ExecutionSummary.DurationSeconds} s"));
        Assert.Equal(2L * 1024 * 1024 * 1024, metrics.ImageSizeBytes);
        Assert.InRange(metrics.DiskReadBytes!.Value, 1, metrics.ImageSizeBytes!.Value / 20);
        var inspection = await service.GetArtifactAsync("inspect-large-01", "inspection.json");
        var found = inspection.GetProperty("packages").GetProperty("installed").EnumerateArray()
            .Select(package => $"{package.GetProperty("name").GetString()} {package.GetProperty("version").GetString()} {package.GetProperty("architecture").GetString()}")
            .Order(StringComparer.Ordinal);
        Assert.Equal(ListPackages(), found);
    }

    private static IEnumerable<string> ListPackages() => Tool
        .Run("dpkg-query", $"--admindir={DebianRoot.Folder}/var/lib/dpkg", "-W", "-f", "${db:Status-Status} ${Package} ${Version} ${Architecture}\n")
        .Split('\n')
        .Where(line => line.StartsWith("installed ", StringComparison.Ordinal))
        .Select(line => line["installed ".Length..])
        .Order(StringComparer.Ordinal);

    /// <summary>Writes only what is not zero: a page blob has holes as the disk has.</summary>
    private async Task UploadAsPageBlobAsync(string name)
    {
        var container = service.Azurite.Client.GetBlobContainerClient("images");
        await using var disk = File.OpenRead(DebianRoot.Disk);
        var blob = container.GetPageBlobClient(name);
        await blob.CreateAsync(disk.Length);
        var buffer = new byte[Chunk];
        for (long offset = 0; offset < disk.Length; offset += Chunk)
        {
            await disk.ReadExactlyAsync(buffer);
            if (buffer.AsSpan().ContainsAnyExcept((byte)0))
            {
                await blob.UploadPagesAsync(new MemoryStream(buffer), offset);
            }
        }
    }
}
