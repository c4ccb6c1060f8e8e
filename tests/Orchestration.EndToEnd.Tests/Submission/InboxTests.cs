using System.Text;
using System.Text.Json;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;

namespace Orchestration.EndToEnd.Tests.Submission;

[Collection(RunningService.Collection)]
public class InboxTests(RunningService service)
{
    [Fact]
    public async Task A_dropped_document_is_run_and_put_away()
    {
        await DropAsync("first.json", Jobs.Echo("echo-dropped-01").ToJsonString());

        Assert.Contains("echo-dropped-01", await service.WaitForBlobAsync("jobs-done", "first.json"), StringComparison.Ordinal);
        Assert.Equal("completed", (await service.WaitForResultAsync("echo-dropped-01")).Status);
        Assert.False(await service.Azurite.Client.GetBlobContainerClient("jobs").GetBlobClient("first.json").ExistsAsync());
    }

    [Fact]
    public async Task A_refused_document_is_kept_with_its_reason_beside_it()
    {
        const string Text = """{"version":"1.0","job_id":"dropped-bad-01"}""";
        await DropAsync("bad.json", Text);

        var reason = JsonDocument.Parse(await service.WaitForBlobAsync("jobs-failed", "bad.json.reason.json")).RootElement;

        Assert.Equal(Text, await service.WaitForBlobAsync("jobs-failed", "bad.json"));
        Assert.Equal(ErrorCodes.MissingField, reason.GetProperty("code").GetString());
        Assert.Equal(4, reason.GetProperty("violations").GetArrayLength());
    }

    [Fact]
    public async Task A_second_document_of_one_job_id_is_refused_and_lost_by_nobody()
    {
        await DropAsync("one.json", Jobs.Echo("echo-dropped-02").ToJsonString());
        await service.WaitForResultAsync("echo-dropped-02");
        await DropAsync("two.json", Jobs.Echo("echo-dropped-02").ToJsonString());

        var reason = await service.WaitForBlobAsync("jobs-failed", "two.json.reason.json");

        Assert.Contains(ErrorCodes.DuplicateJob, reason, StringComparison.Ordinal);
        Assert.Contains("echo-dropped-02", await service.WaitForBlobAsync("jobs-failed", "two.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dropped_image_is_inspected_and_profiled()
    {
        await service.UploadAsync("images-inbox", "web/web01.qcow2", SampleImage.Path);

        var jobId = await WaitForJobAsync("inbox-web-web01-qcow2-");
        var result = await service.WaitForResultAsync(jobId);

        Assert.Equal("completed", result.Status);
        Assert.Equal(
            ["inspection.json", "profile-compliance.json", "profile-hardening.json", "profile-security.json"],
            result.Outputs!.Artifacts.Select(artifact => Path.GetFileName(artifact)).Order(StringComparer.Ordinal));
    }

    private async Task DropAsync(string name, string content) =>
        await service.UploadAsync("jobs", name, new MemoryStream(Encoding.UTF8.GetBytes(content)));

    private async Task<string> WaitForJobAsync(string prefix)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            await foreach (var blob in service.Azurite.Client.GetBlobContainerClient("state").GetBlobsAsync(prefix: $"claims/{prefix}", cancellationToken: timeout.Token))
            {
                return Path.GetFileNameWithoutExtension(blob.Name);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), timeout.Token);
        }
    }
}
