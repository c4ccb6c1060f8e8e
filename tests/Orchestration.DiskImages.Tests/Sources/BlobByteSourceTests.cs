using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Orchestration.DiskImages.Sources;
using Orchestration.DiskImages.Sources.Caching;
using Orchestration.DiskImages.Tests.Support;
using Orchestration.DiskImages.Tests.Support.Sources;
using Orchestration.TestSupport;

namespace Orchestration.DiskImages.Tests.Sources;

/// <summary>Blobs in a real blob service.</summary>
public sealed class BlobByteSourceTests : IAsyncLifetime
{
    private const int Length = 3_000_321;

    private readonly byte[] _content = SlowFetcher.CreatePattern(Length);
    private BlobContainerClient _container = new(new Uri("http://127.0.0.1/none"));

    public async Task InitializeAsync()
    {
        _container = (await Azurite.Shared).Client.GetBlobContainerClient("source-" + Guid.NewGuid().ToString("N"));
        await _container.CreateAsync();
    }

    public async Task DisposeAsync() => await _container.DeleteAsync();

    [Fact]
    public async Task A_block_blob_is_read_in_parts()
    {
        using var source = await BlobByteSource.OpenAsync(await UploadAsync());

        Assert.Equal(Length, source.Length);
        Assert.Equal(_content[1_234_567..1_434_567], source.ReadBytes(1_234_567, 200_000));
        Assert.Equal(_content[^10..], source.ReadBytes(Length - 10, 10));
        Assert.InRange(source.Statistics.BytesRead, 200_010, 500_000);
        Assert.Equal(2, source.Statistics.Requests);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_service_that_cannot_be_reached_is_told_once_however_often_it_was_tried(int retries)
    {
        var options = new BlobClientOptions { Retry = { MaxRetries = retries, Delay = TimeSpan.FromMilliseconds(1) } };
        var blob = new BlobClient(new Uri("http://127.0.0.1:9/account/images/disk"), options);

        var exception = await Assert.ThrowsAsync<DiskImageException>(() => BlobByteSource.OpenAsync(blob));

        Assert.Equal(DiskImageError.Unavailable, exception.Error);
        Assert.Equal("blob: 'images/disk' cannot be read: Connection refused (127.0.0.1:9)", exception.Message);
    }

    [Fact]
    public async Task A_page_blob_is_read_in_parts()
    {
        var blob = _container.GetPageBlobClient("disk");
        await blob.CreateAsync(4 * 1024 * 1024);
        await blob.UploadPagesAsync(new MemoryStream(_content[..(64 * 1024)]), 1024 * 1024);

        using var source = await BlobByteSource.OpenAsync(blob);

        Assert.Equal(4 * 1024 * 1024, source.Length);
        Assert.Equal([0, .. _content[..99]], source.ReadBytes(1024 * 1024 - 1, 100));
    }

    [Fact]
    public async Task Holes_of_a_page_blob_are_not_fetched_once_they_are_known()
    {
        const int Size = 64 * 1024 * 1024;
        var blob = _container.GetPageBlobClient("sparse");
        await blob.CreateAsync(Size);
        var expected = new byte[Size];
        foreach (var offset in (int[])[1024 * 1024, 20 * 1024 * 1024 + 512, Size - 512])
        {
            var part = _content.AsMemory(0, Math.Min(64 * 1024, Size - offset));
            await blob.UploadPagesAsync(new MemoryStream(part.ToArray()), offset);
            part.CopyTo(expected.AsMemory(offset));
        }

        using var source = await BlobByteSource.OpenAsync(blob, PageCacheOptions.Default with { MaximumReadAhead = 0 });
        source.ReadBytes(0, 512);
        await Eventually.HoldsAsync(() => source.KnowsHoles);
        source.Prefetch(0, Size);

        Assert.Equal(expected, source.ReadBytes(0, Size));
        Assert.InRange(source.Statistics.BytesRead, 2 * 64 * 1024 + 512, 1024 * 1024);
    }

    [Fact]
    public async Task A_page_blob_without_data_reads_as_zeros()
    {
        var blob = _container.GetPageBlobClient("empty");
        await blob.CreateAsync(4 * 1024 * 1024);

        using var source = await BlobByteSource.OpenAsync(blob);
        source.ReadBytes(0, 512);
        await Eventually.HoldsAsync(() => source.KnowsHoles);

        Assert.Equal(new byte[4 * 1024 * 1024], source.ReadBytes(0, 4 * 1024 * 1024));
    }

    [Fact]
    public async Task A_missing_blob_is_not_found()
    {
        var exception = await Assert.ThrowsAsync<DiskImageException>(() => BlobByteSource.OpenAsync(_container.GetBlobClient("nothing")));

        Assert.Equal(DiskImageError.NotFound, exception.Error);
        Assert.Contains("nothing", exception.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_that_changes_while_it_is_read_is_noticed()
    {
        using var source = await BlobByteSource.OpenAsync(await UploadAsync());
        source.ReadBytes(0, 10);
        await UploadAsync();

        Assert.Equal(_content[..20], source.ReadBytes(0, 20));
        Assert.Equal(DiskImageError.Changed, Assert.Throws<DiskImageException>(() => source.ReadBytes(2_000_000, 10)).Error);
    }

    [Fact]
    public async Task A_blob_that_is_deleted_while_it_is_read_is_noticed()
    {
        var blob = await UploadAsync();
        using var source = await BlobByteSource.OpenAsync(blob);
        await blob.DeleteAsync();

        // The emulator checks the condition first, the service the blob.
        Assert.True(Assert.Throws<DiskImageException>(() => source.ReadBytes(0, 10)).Error is DiskImageError.NotFound or DiskImageError.Changed);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_is_unavailable()
    {
        var options = new BlobClientOptions { Retry = { MaxRetries = 0 } };
        var exception = await Assert.ThrowsAsync<DiskImageException>(() => BlobByteSource.OpenAsync(new BlobClient(new Uri("http://127.0.0.1:9/container/blob"), options)));

        Assert.Equal(DiskImageError.Unavailable, exception.Error);
    }

    [Fact]
    public async Task A_cancelled_source_stops_reading()
    {
        using var cancellation = new CancellationTokenSource();
        using var source = await BlobByteSource.OpenAsync(await UploadAsync(), cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();

        Assert.ThrowsAny<OperationCanceledException>(() => source.ReadBytes(0, 10));
    }

    [Fact]
    public async Task An_empty_blob_has_no_bytes()
    {
        var blob = _container.GetBlobClient("empty");
        await blob.UploadAsync(new BinaryData([]));

        using var source = await BlobByteSource.OpenAsync(blob);

        Assert.Equal(0, source.Length);
        Assert.Equal("raw", DiskImage.Open(source).Format);
    }

    [Fact]
    public async Task A_whole_blob_is_read_by_many_readers_at_once()
    {
        using var source = await BlobByteSource.OpenAsync(await UploadAsync(), PageCacheOptions.Default with { Capacity = 1024 * 1024 });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Assert.True(_content.AsSpan().SequenceEqual(source.ReadBytes(0, Length))))));
    }

    private async Task<BlobBaseClient> UploadAsync()
    {
        var blob = _container.GetBlobClient("image");
        await blob.UploadAsync(new BinaryData(_content), new BlobUploadOptions());
        return blob;
    }
}
