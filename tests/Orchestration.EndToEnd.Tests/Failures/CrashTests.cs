using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Results;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.States;
using Orchestration.TestSupport;
using Xunit.Abstractions;

namespace Orchestration.EndToEnd.Tests.Failures;

public class CrashTests(ITestOutputHelper output)
{
    private const int Kills = 20;

    [Fact]
    public async Task Killed_at_twenty_moments_every_job_ends_with_the_same_result_and_no_checkpointed_step_runs_again()
    {
        await using var azurite = await Azurite.StartAsync();
        await UploadSampleAsync(azurite);
        await using var service = await ServiceProcess.StartAsync(azurite);

        // The first job of a process is slower than those after it; the kills are spread over the time that a later one takes.
        await SubmitAndFinishAsync(service, "crash-first");
        var undisturbed = await SubmitAndFinishAsync(service, "crash-undisturbed");
        var duration = TimeSpan.FromSeconds(undisturbed.ExecutionSummary.DurationSeconds);
        var expected = await ReadOutcomeAsync(service, "crash-undisturbed");

        var interrupted = 0;
        var checkpointsKept = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            var jobId = $"crash-killed-{kill:00}";
            await SubmitAsync(service, jobId);
            await Task.Delay(duration * kill / Kills);
            await service.KillAsync();
            interrupted += await HasResultAsync(azurite, jobId) ? 0 : 1;
            var before = await ListCheckpointsAsync(azurite, jobId);
            checkpointsKept += before.Count;
            await service.StartAsync();

            var result = await FinishAsync(service, jobId);
            Assert.True(result.Status == "completed", $"kill {kill}: {JsonSerializer.Serialize(result, ProtocolJson.Options)}\n{service.Output}");
            Assert.Equal(expected, await ReadOutcomeAsync(service, jobId));
            var after = await ListCheckpointsAsync(azurite, jobId);
            Assert.All(before, checkpoint => Assert.Equal(checkpoint.Value, after[checkpoint.Key]));
        }

        output.WriteLine($"{interrupted} of {Kills} kills came before the result; {checkpointsKept} checkpoints were found and kept.");
        Assert.InRange(interrupted, Kills / 4, Kills);
        Assert.NotEqual(0, checkpointsKept);
    }

    private static async Task<bool> HasResultAsync(Azurite azurite, string jobId) =>
        await azurite.Client.GetBlobContainerClient("results").GetBlobClient($"{jobId}/result.json").ExistsAsync();

    private static async Task UploadSampleAsync(Azurite azurite)
    {
        var images = azurite.Client.GetBlobContainerClient("images");
        await images.CreateIfNotExistsAsync();
        await images.GetBlobClient("debian-12.qcow2").UploadAsync(SampleImage.Path);
    }

    private static async Task SubmitAsync(ServiceProcess service, string jobId)
    {
        var document = Jobs.Inspect(jobId, "images/debian-12.qcow2", "qcow2", "security", "compliance", "hardening");
        using var content = new StringContent(document.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await service.Http.PostAsync("jobs", content);
        response.EnsureSuccessStatusCode();
    }

    private static async Task<JobResult> SubmitAndFinishAsync(ServiceProcess service, string jobId)
    {
        await SubmitAsync(service, jobId);
        return await FinishAsync(service, jobId);
    }

    private static async Task<JobResult> FinishAsync(ServiceProcess service, string jobId)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var job = await service.Http.GetFromJsonAsync<JobView>($"jobs/{jobId}", ProtocolJson.Options, timeout.Token);
            if (JobStateMachine.IsTerminal(job!.State))
            {
                return (await service.Http.GetFromJsonAsync<JobResult>($"jobs/{jobId}/result", ProtocolJson.Options, timeout.Token))!;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), timeout.Token);
        }
    }

    /// <summary>Everything that a result says but when and at what cost.</summary>
    private static async Task<string> ReadOutcomeAsync(ServiceProcess service, string jobId)
    {
        var result = (await service.Http.GetFromJsonAsync<JsonObject>($"jobs/{jobId}/result"))!;
        var outcome = new StringBuilder(result["data"]!.ToJsonString());
        foreach (var artifact in result["outputs"]!["artifacts"]!.AsArray())
        {
            outcome.Append('\n').Append(await service.Http.GetStringAsync($"jobs/{jobId}/artifacts/{Path.GetFileName(artifact!.GetValue<string>())}"));
        }

        return outcome.ToString();
    }

    /// <summary>The checkpoints of a job and their versions: one that was written again has another.</summary>
    private static async Task<Dictionary<string, string>> ListCheckpointsAsync(Azurite azurite, string jobId)
    {
        var versions = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var blob in azurite.Client.GetBlobContainerClient("checkpoints").GetBlobsAsync(prefix: $"{jobId}/"))
        {
            versions[blob.Name] = blob.Properties.ETag.ToString()!;
        }

        return versions;
    }
}
