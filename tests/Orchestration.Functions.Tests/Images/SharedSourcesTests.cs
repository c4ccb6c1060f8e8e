using Azure.Storage.Blobs;
using Microsoft.Extensions.Options;
using Orchestration.Functions.Images;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Images;

public class SharedSourcesTests
{
    private const int Length = 300_000;

    [Fact]
    public async Task What_one_step_has_read_costs_the_next_nothing()
    {
        var blob = await UploadAsync("shared-once");
        using var sources = new SharedSources(TimeProvider.System, Options.Create(new ImageOptions()));

        using var first = await sources.OpenAsync(blob, CancellationToken.None);
        ReadAll(first);
        using var second = await sources.OpenAsync(blob, CancellationToken.None);
        ReadAll(second);

        Assert.Equal(Length, first.TakeCost().BytesRead);
        Assert.Equal(0, second.TakeCost().BytesRead);
    }

    [Fact]
    public async Task Another_version_of_the_blob_is_another_source()
    {
        var blob = await UploadAsync("shared-versions");
        using var sources = new SharedSources(TimeProvider.System, Options.Create(new ImageOptions()));
        using var before = await sources.OpenAsync(blob, CancellationToken.None);
        ReadAll(before);
        await UploadAsync("shared-versions", fill: 2);

        using var after = await sources.OpenAsync(blob, CancellationToken.None);

        Assert.NotEqual(before.Version, after.Version);
        Assert.Equal(2, ReadAll(after)[0]);
    }

    [Fact]
    public async Task A_step_that_is_cancelled_takes_the_source_from_nobody_else()
    {
        var blob = await UploadAsync("shared-cancelled");
        using var sources = new SharedSources(TimeProvider.System, Options.Create(new ImageOptions()));
        using var cancellation = new CancellationTokenSource();
        using var cancelled = await sources.OpenAsync(blob, cancellation.Token);
        using var other = await sources.OpenAsync(blob, CancellationToken.None);

        await cancellation.CancelAsync();

        Assert.Throws<OperationCanceledException>(() => ReadAll(cancelled));
        Assert.Equal(1, ReadAll(other)[^1]);
    }

    [Fact]
    public async Task All_images_together_are_kept_within_the_memory_of_the_process()
    {
        const int LargeLength = 6 * 1024 * 1024;
        using var sources = new SharedSources(TimeProvider.System, Options.Create(new ImageOptions { CacheMebibytes = 16 }));
        var leases = new List<SourceLease>();
        for (var number = 0; number < 4; number++)
        {
            leases.Add(await sources.OpenAsync(await UploadAsync($"shared-memory-{number}", length: LargeLength), CancellationToken.None));
            ReadAll(leases[^1]);
        }

        foreach (var lease in leases)
        {
            lease.TakeCost();
        }

        // The last is still there; the first made room for it.
        ReadAll(leases[3]);
        ReadAll(leases[0]);

        Assert.Equal(0, leases[3].TakeCost().BytesRead);
        Assert.Equal(LargeLength, leases[0].TakeCost().BytesRead);
        leases.ForEach(lease => lease.Dispose());
    }

    private static byte[] ReadAll(SourceLease source)
    {
        var content = new byte[source.Length];
        source.Read(0, content);
        return content;
    }

    private static async Task<BlobClient> UploadAsync(string name, byte fill = 1, int length = Length)
    {
        var container = (await Azurite.Shared).Client.GetBlobContainerClient("shared-sources");
        await container.CreateIfNotExistsAsync();
        var content = new byte[length];
        Array.Fill(content, fill);
        await container.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(content), overwrite: true);
        return container.GetBlobClient(name);
    }
}
