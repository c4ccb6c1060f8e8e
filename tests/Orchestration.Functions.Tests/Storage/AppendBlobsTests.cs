using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Orchestration.Functions.Storage.Blobs;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Storage;

public class AppendBlobsTests
{
    [Fact]
    public async Task A_blob_begins_with_its_first_block_even_where_its_container_is_gone()
    {
        var container = (await Azurite.Shared).Client.GetBlobContainerClient($"append-{Guid.NewGuid():N}");
        var blob = container.GetAppendBlobClient("log.jsonl");

        await AppendAsync(blob, "one\n");
        await AppendAsync(blob, "two\n");

        Assert.Equal("one\ntwo\n", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    [Fact]
    public async Task A_condition_that_does_not_hold_is_told_and_nothing_is_appended()
    {
        var container = (await Azurite.Shared).Client.GetBlobContainerClient($"append-{Guid.NewGuid():N}");
        var blob = container.GetAppendBlobClient("log.jsonl");
        await AppendAsync(blob, "one\n");

        var failure = await Assert.ThrowsAsync<RequestFailedException>(
            () => AppendAsync(blob, "two\n", new AppendBlobRequestConditions { IfMaxSizeLessThanOrEqual = 4 }));

        Assert.Equal(BlobErrorCode.MaxBlobSizeConditionNotMet, failure.ErrorCode);
        Assert.Equal("one\n", (await blob.DownloadContentAsync()).Value.Content.ToString());
    }

    private static async Task AppendAsync(AppendBlobClient blob, string text, AppendBlobRequestConditions? conditions = null)
    {
        using var block = new MemoryStream(Encoding.UTF8.GetBytes(text));
        await blob.AppendAsync(block, conditions, CancellationToken.None);
    }
}
