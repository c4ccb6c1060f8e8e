using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Orchestration.Functions.Storage.Blobs;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Storage;

public class JsonBlobsTests
{
    private static readonly BlobRequestConditions Absent = new() { IfNoneMatch = ETag.All };

    [Fact]
    public async Task A_document_that_must_be_new_is_written_once()
    {
        var blob = await BlobAsync();

        Assert.True(await blob.TryWriteJsonAsync("first", Absent, CancellationToken.None));
        Assert.False(await blob.TryWriteJsonAsync("second", Absent, CancellationToken.None));
        Assert.Equal("first", await blob.ReadJsonAsync<string>(CancellationToken.None));
    }

    [Fact]
    public async Task A_document_that_has_changed_or_gone_is_not_written_over()
    {
        var blob = await BlobAsync();
        await blob.TryWriteJsonAsync("first", Absent, CancellationToken.None);
        var seen = (await blob.ReadVersionedJsonAsync<string>(CancellationToken.None))?.Version;
        await blob.TryWriteJsonAsync("second", new BlobRequestConditions(), CancellationToken.None);
        var onCondition = new BlobRequestConditions { IfMatch = seen };

        Assert.False(await blob.TryWriteJsonAsync("third", onCondition, CancellationToken.None));
        await blob.DeleteAsync();
        Assert.False(await blob.TryWriteJsonAsync("third", onCondition, CancellationToken.None));
    }

    [Fact]
    public async Task A_blob_that_somebody_has_leased_is_no_unmet_condition()
    {
        var blob = await BlobAsync();
        await blob.TryWriteJsonAsync("first", Absent, CancellationToken.None);
        await blob.GetBlobLeaseClient().AcquireAsync(TimeSpan.FromSeconds(15));

        var failure = await Assert.ThrowsAsync<RequestFailedException>(
            () => blob.TryWriteJsonAsync("second", new BlobRequestConditions(), CancellationToken.None));

        Assert.Equal(BlobErrorCode.LeaseIdMissing, failure.ErrorCode);
    }

    private static async Task<BlobClient> BlobAsync() =>
        (await Azurite.Shared).Client.GetBlobContainerClient($"json-{Guid.NewGuid():N}").GetBlobClient("one.json");
}
