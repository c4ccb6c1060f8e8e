using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol.States;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Commands;

/// <summary>The command <c>orchestrate</c>, as a script runs it.</summary>
[Collection(RunningService.Collection)]
public class CommandTests(RunningService service)
{
    [Fact]
    public async Task Run_uploads_inspects_and_ends_with_a_summary_and_the_result_files()
    {
        var output = Directory.CreateTempSubdirectory("orchestrate-");
        try
        {
            var run = await service.CommandAsync("run", SampleImage.Path, "--output", output.FullName);

            Assert.True(run.ExitCode == 0, run.Error);
            Assert.Contains("Debian GNU/Linux 12", run.Output, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', run.Output);
            var files = run.Output.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith(output.FullName, StringComparison.Ordinal)).ToList();
            Assert.Equal(5, files.Count);
            Assert.All(files, file => Assert.NotEqual(JsonValueKind.Undefined, JsonDocument.Parse(File.ReadAllText(file)).RootElement.ValueKind));
            Assert.Contains("100%", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            output.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Submit_prints_the_job_id_and_waits_where_asked()
    {
        var document = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(document, Jobs.Echo("echo-command-01").ToJsonString());

            var submit = await service.CommandAsync("submit", document, "--wait");
            var again = await service.CommandAsync("submit", document);
            var status = await service.CommandAsync("status", "echo-command-01", "--json");
            var result = await service.CommandAsync("result", "echo-command-01", "--json");

            Assert.Equal((0, "echo-command-01"), (submit.ExitCode, submit.Output.Trim()));
            Assert.Equal(2, again.ExitCode);
            Assert.Contains("DUPLICATE_JOB", again.Error, StringComparison.Ordinal);
            Assert.Equal("completed", JsonDocument.Parse(status.Output).RootElement.GetProperty("status").GetString());
            Assert.Equal("completed", JsonDocument.Parse(result.Output).RootElement.GetProperty("status").GetString());
        }
        finally
        {
            File.Delete(document);
        }
    }

    [Fact]
    public async Task A_failed_job_a_wrong_command_and_a_service_that_is_not_there_have_exit_codes_of_their_own()
    {
        var document = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(document, Jobs.Inspect("inspect-command-1", "images/nothing-here").ToJsonString());

            var failed = await service.CommandAsync("submit", document, "--wait");
            var misused = await service.CommandAsync("status", "--no-such-option");
            var unreachable = await service.CommandAsync("status", "any-job-at-all", "--url", "http://127.0.0.1:9");

            Assert.Equal(1, failed.ExitCode);
            Assert.Equal(2, misused.ExitCode);
            Assert.Equal(3, unreachable.ExitCode);
            Assert.Contains("cannot be reached", unreachable.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(document);
        }
    }

    [Fact]
    public async Task Advisories_are_imported_for_the_service()
    {
        var directory = Directory.CreateTempSubdirectory("advisories-");
        try
        {
            // An invention, for a release of the sample and a version that no package reaches.
            await File.WriteAllTextAsync(Path.Combine(directory.FullName, "TEST-2026-0001.json"), """
                {"id": "TEST-2026-0001", "modified": "2026-06-01T00:00:00Z", "summary": "An invented flaw",
                 "affected": [{"package": {"ecosystem": "Debian:12", "name": "bash"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99"}]}]}]}
                """);
            var before = await service.RunAsync(Jobs.Profile("vulnerabilities-before", "images/debian-12.qcow2", null, "vulnerabilities"));

            var import = await service.CommandAsync("advisories", "import", directory.FullName);

            Assert.True(import.ExitCode == 0, import.Error);
            Assert.Contains("Debian:12: 1 advisories", import.Output, StringComparison.Ordinal);
            var after = await service.RunAsync(Jobs.Profile("vulnerabilities-after", "images/debian-12.qcow2", null, "vulnerabilities"));
            Assert.Equal((false, 0), (Known(before, "assessed").GetBoolean(), Known(before, "total").GetInt32()));
            Assert.Equal((true, 1), (Known(after, "assessed").GetBoolean(), Known(after, "total").GetInt32()));
            Assert.Equal(2, (await service.CommandAsync("advisories", "import", Path.Combine(directory.FullName, "nothing"))).ExitCode);
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        static JsonElement Known(Protocol.Results.JobResult result, string name) => result.Data!.Value.GetProperty("vulnerabilities").GetProperty(name);
    }

    [Fact]
    public async Task Validate_tells_everything_that_is_wrong_and_names_what_has_no_effect()
    {
        var folder = Directory.CreateTempSubdirectory("orchestrate-validate-");
        try
        {
            var (good, bad, misspelled) = (Path.Combine(folder.FullName, "good.yaml"), Path.Combine(folder.FullName, "bad.json"), Path.Combine(folder.FullName, "misspelled.json"));
            File.Copy(Path.Combine(RepositoryRoot.Path, "samples", "jobs", "inspect-sample.yaml"), good);
            await File.WriteAllTextAsync(bad, Jobs.Inspect("validate-bad-01", "secrets/a").ToJsonString());
            var document = Jobs.Echo("validate-odd-01");
            document["exekution"] = 1;
            await File.WriteAllTextAsync(misspelled, document.ToJsonString());

            var all = await service.CommandAsync("validate", good, bad, misspelled);
            var offline = await service.CommandAsync("validate", "--offline", good, bad);
            var strict = await service.CommandAsync("validate", "--strict", "--json", misspelled);

            Assert.Equal((2, 0, 2), (all.ExitCode, offline.ExitCode, strict.ExitCode));
            Assert.Contains("/payload/data/image/path PATH_NOT_ALLOWED", all.Output, StringComparison.Ordinal);
            Assert.Contains("/exekution has no effect", all.Output, StringComparison.Ordinal);
            Assert.Equal("/exekution", JsonDocument.Parse(strict.Output).RootElement[0].GetProperty("unknown_members")[0].GetString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_batch_is_submitted_and_counted_and_the_workers_are_shown()
    {
        var batch = await service.CommandAsync("submit", "--batch", Path.Combine(RepositoryRoot.Path, "samples", "jobs", "batch.ndjson"));
        var again = await service.CommandAsync("submit", "--batch", "--json", Path.Combine(RepositoryRoot.Path, "samples", "jobs", "batch.ndjson"));
        var capabilities = await service.CommandAsync("capabilities", "--json");
        var workers = await service.CommandAsync("workers");

        Assert.Equal((0, "3 accepted, 0 deduplicated, 0 refused"), (batch.ExitCode, batch.Output.Trim()));
        Assert.Equal((2, 3), (again.ExitCode, JsonDocument.Parse(again.Output).RootElement.GetProperty("refused").GetInt32()));
        var worker = JsonDocument.Parse(capabilities.Output).RootElement.GetProperty("worker_id").GetString()!;
        Assert.Contains(worker, workers.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_queue_and_the_dead_letters_are_shown_and_a_dead_letter_is_given_more_attempts()
    {
        var dead = Jobs.Echo("dead-command-1", new JsonObject { ["fail"] = true });
        dead["execution"] = new JsonObject { ["max_attempts"] = 2 };
        await service.RunAsync(dead);
        using (var submitted = await service.SubmitAsync(Jobs.Echo("queue-command-1", new JsonObject { ["delay_ms"] = 10_000 })))
        {
            submitted.EnsureSuccessStatusCode();
        }

        while ((await service.FindJobAsync("queue-command-1"))?.State is JobState.Created or JobState.Validated or JobState.Queued)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        var queue = await service.CommandAsync("queue");
        var json = await service.CommandAsync("queue", "--json");
        await service.CommandAsync("cancel", "queue-command-1");
        var list = await service.CommandAsync("dead-letters", "list");
        var requeue = await service.CommandAsync("dead-letters", "requeue", "dead-command-1");
        var again = await service.CommandAsync("dead-letters", "requeue", "queue-command-1");
        var help = await service.CommandAsync("dead-letters", "requeue", "--help");

        Assert.Matches(@"running +queue-command-1", queue.Output);
        Assert.Contains(
            "queue-command-1",
            JsonDocument.Parse(json.Output).RootElement.GetProperty("running").EnumerateArray().Select(job => job.GetProperty("job_id").GetString()));
        Assert.Contains("dead-command-1", list.Output, StringComparison.Ordinal);
        Assert.Equal((0, 0, 0, 2), (queue.ExitCode, list.ExitCode, requeue.ExitCode, again.ExitCode));
        Assert.Contains("JOB_NOT_DEAD_LETTERED", again.Error, StringComparison.Ordinal);
        Assert.Contains("as many attempts more", help.Output, StringComparison.Ordinal);
        Assert.Equal(4, (await service.WaitForResultAsync("dead-command-1")).ExecutionSummary.Attempt);
    }
}
