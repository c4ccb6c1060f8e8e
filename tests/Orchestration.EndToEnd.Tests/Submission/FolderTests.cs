using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;

namespace Orchestration.EndToEnd.Tests.Submission;

/// <summary>Jobs without HTTP: documents in one folder, results in another.</summary>
[Collection(RunningService.Collection)]
public sealed class FolderTests(RunningService service) : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("orchestrate-folder-");

    private string Jobs => Path.Combine(_root.FullName, "jobs");

    private string Results => Path.Combine(_root.FullName, "results");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task Documents_are_run_and_put_away_under_the_names_they_came_by()
    {
        Drop("any-name.partial", Support.Jobs.Echo("folder-done-01").ToJsonString());
        File.Move(Path.Combine(Jobs, "any-name.partial"), Path.Combine(Jobs, "any-name.json"));
        Drop("second.yaml", "version: '1.0'\njob_id: folder-done-02\ncreated_at: 2026-03-01T08:00:00Z\nkind: VMOperation\noperation: system.echo\npayload: {type: system.echo.v1, data: 7}\n");

        Assert.Equal(0, await RunOnceAsync("w-1"));

        Assert.Equal(["any-name.json", "second.yaml"], Names("done"));
        Assert.Equal("completed", Result("folder-done-01").GetProperty("status").GetString());
        Assert.Equal(7, Result("folder-done-02").GetProperty("data").GetProperty("echo").GetInt32());
        Assert.Empty(Directory.EnumerateFiles(Jobs));
        Assert.Empty(Directory.EnumerateFiles(Results, "*.partial"));
    }

    [Fact]
    public async Task What_is_broken_is_put_away_with_the_reason_and_keeps_nobody_else_from_running()
    {
        Drop("a-cut.json", """{"version":"1.0","job_""");
        Drop("b-empty.json", "");
        Drop("c-traversal.json", Support.Jobs.Echo("../../etc/cron.d/x").ToJsonString());
        Drop("d-large.json", new string(' ', (1024 * 1024) + 1));
        Drop("e-good.json", Support.Jobs.Echo("folder-good-01").ToJsonString());
        Drop("f-fails.json", Support.Jobs.Inspect("folder-fails-01", "images/nothing-here").ToJsonString());
        Drop("notes.txt", "not a document");
        File.CreateSymbolicLink(Path.Combine(Jobs, "g-link.json"), "/etc/passwd");

        Assert.Equal(1, await RunOnceAsync("w-1"));

        Assert.Equal(["e-good.json"], Names("done"));
        Assert.Equal(
            [
                ("a-cut.json", ErrorCodes.InvalidJson), ("b-empty.json", ErrorCodes.InvalidJson), ("c-traversal.json", ErrorCodes.InvalidField),
                ("d-large.json", ErrorCodes.ResourceLimit), ("f-fails.json", ErrorCodes.ImageNotFound), ("g-link.json", ErrorCodes.PathNotAllowed),
            ],
            Names("failed").Where(name => !name.Contains(".reason.", StringComparison.Ordinal)).Select(name => (name, ReasonOf(name))));
        Assert.True(File.Exists(Path.Combine(Jobs, "failed", "a-cut.json.reason.txt")));
        Assert.True(File.Exists(Path.Combine(Jobs, "notes.txt")));
        Assert.Equal("failed", Result("folder-fails-01").GetProperty("status").GetString());
        Assert.Equal(["folder-fails-01-result.json", "folder-good-01-result.json"], Directory.EnumerateFiles(Results).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Two_workers_on_one_folder_run_each_document_once()
    {
        for (var number = 0; number < 20; number++)
        {
            Drop($"{number:00}.json", Support.Jobs.Echo($"folder-shared-{number:00}").ToJsonString());
        }

        // A document that both had run would have failed one of them as a duplicate.
        var exitCodes = await Task.WhenAll(RunOnceAsync("w-1"), RunOnceAsync("w-2"));
        Assert.Equal([0, 0], exitCodes);

        Assert.Equal(20, Names("done").Count);
        Assert.Empty(Names("failed"));
    }

    [Fact]
    public async Task A_file_that_is_still_written_is_left_alone_until_it_is_complete()
    {
        var document = Support.Jobs.Echo("folder-slow-01").ToJsonString();
        Drop("slow.json", document[..20]);
        var run = RunOnceAsync("w-1", pollSeconds: "2");
        for (var length = 30; length < document.Length; length += 20)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(60));
            if (File.Exists(Path.Combine(Jobs, "slow.json")))
            {
                await File.WriteAllTextAsync(Path.Combine(Jobs, "slow.json"), document[..length]);
            }
        }

        await File.WriteAllTextAsync(Path.Combine(Jobs, "slow.json"), document);

        Assert.Equal(0, await run);
        Assert.Equal(["slow.json"], Names("done"));
    }

    [Fact]
    public async Task A_worker_that_was_killed_goes_on_with_what_it_had()
    {
        Drop("long.json", Support.Jobs.Echo("folder-killed-1", JsonNode.Parse("""{"delay_ms":3000}""")).ToJsonString());
        using (var killed = Start("w-1", "--poll-interval", "0.2"))
        {
            await WaitForAsync(async () => await service.FindJobAsync("folder-killed-1") is not null);
            killed.Kill();
            await killed.WaitForExitAsync();
        }

        Assert.Equal(0, await RunOnceAsync("w-1"));

        Assert.Equal(["long.json"], Names("done"));
        Assert.Equal("completed", Result("folder-killed-1").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Workers_that_are_killed_again_and_again_lose_no_document_and_run_none_twice()
    {
        const int Documents = 30;
        const int Kills = 8;
        for (var number = 0; number < Documents; number++)
        {
            Drop($"{number:00}.json", Support.Jobs.Echo($"folder-chaos-{number:00}", new JsonObject { ["delay_ms"] = 500, ["fail"] = number % 5 == 0 }).ToJsonString());
        }

        // Two at a time, and by other names than before: what one leaves, another must find.
        var (random, killed) = (new Random(7), 0);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var worker = Start($"w-{kill % 3}", "--poll-interval", "0.1", "--max-concurrent", "3");
            await WaitForAsync(() => Task.FromResult(worker.HasExited || Directory.Exists(Path.Combine(Jobs, ".processing", $"w-{kill % 3}"))));
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 900)));
            killed += worker.HasExited ? 0 : 1;
            worker.Kill();
            await worker.WaitForExitAsync();
        }

        Assert.Equal(Kills, killed);
        Assert.Equal(1, await RunOnceAsync("w-last"));

        var failed = Names("failed").Where(name => !name.Contains(".reason.", StringComparison.Ordinal)).ToList();
        Assert.Equal(Enumerable.Range(0, Documents).Select(number => $"{number:00}.json"), Names("done").Concat(failed).Order(StringComparer.Ordinal));
        Assert.Equal(Enumerable.Range(0, Documents).Where(number => number % 5 == 0).Select(number => $"{number:00}.json"), failed);
        Assert.All(failed, name => Assert.Equal(ErrorCodes.ExecutionError, ReasonOf(name)));
        Assert.Equal(Documents, Directory.EnumerateFiles(Results, "*-result.json").Count());
        Assert.Empty(Directory.EnumerateFiles(_root.FullName, "*.partial", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }));
    }

    [Theory]
    [InlineData("claimed")]
    [InlineData("submitted")]
    [InlineData("result written")]
    [InlineData("result half written")]
    [InlineData("reason written")]
    public async Task Wherever_a_worker_was_killed_another_finishes_what_it_had(string moment)
    {
        var jobId = $"folder-at-{moment.Replace(' ', '-')}";
        var document = Support.Jobs.Echo(jobId, new JsonObject { ["fail"] = moment == "reason written" });
        var left = Directory.CreateDirectory(Path.Combine(Jobs, ".processing", "w-gone")).FullName;
        await File.WriteAllTextAsync(Path.Combine(left, "x.json"), document.ToJsonString());
        Directory.CreateDirectory(Results);
        if (moment != "claimed")
        {
            await service.RunAsync(document);
        }

        if (moment.StartsWith("result", StringComparison.Ordinal))
        {
            await File.WriteAllTextAsync(Path.Combine(Results, moment == "result written" ? $"{jobId}-result.json" : $".{jobId}-result.json.partial"), "{");
        }
        else if (moment == "reason written")
        {
            var failed = Directory.CreateDirectory(Path.Combine(Jobs, "failed")).FullName;
            await File.WriteAllTextAsync(Path.Combine(failed, "x.json.reason.json"), "{");
        }

        var exitCode = await RunOnceAsync("w-other");

        Assert.Equal(moment == "reason written" ? 1 : 0, exitCode);
        Assert.Equal(moment == "reason written" ? ["x.json", "x.json.reason.json", "x.json.reason.txt"] : ["x.json"], Names(moment == "reason written" ? "failed" : "done"));
        Assert.Equal(jobId, Result(jobId).GetProperty("job_id").GetString());
        Assert.Equal([$"{jobId}-result.json"], Directory.EnumerateFiles(Results).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_worker_that_is_alive_keeps_what_it_has()
    {
        Drop("alive.json", Support.Jobs.Echo("folder-alive-01", new JsonObject { ["delay_ms"] = 4000 }).ToJsonString());
        using var first = Start("w-alive", "--poll-interval", "0.2", "--once");
        await WaitForAsync(async () => await service.FindJobAsync("folder-alive-01") is not null);

        Assert.Equal(0, await RunOnceAsync("w-other"));

        Assert.Empty(Names("done"));
        await first.WaitForExitAsync();
        Assert.Equal((0, "alive.json"), (first.ExitCode, Assert.Single(Names("done"))));
    }

    [Fact]
    public async Task A_file_of_several_documents_tells_which_of_them_failed()
    {
        Drop("good.ndjson", string.Join('\n', Enumerable.Range(0, 5).Select(number => Support.Jobs.Echo($"folder-lines-{number}").ToJsonString())));
        Drop("mixed.jsonl", $"{Support.Jobs.Echo("folder-mixed-1").ToJsonString()}\n\n{{\n{Support.Jobs.Echo("folder-mixed-2", new JsonObject { ["fail"] = true }).ToJsonString()}\n");

        Assert.Equal(1, await RunOnceAsync("w-1"));

        Assert.Equal(["good.ndjson"], Names("done"));
        var reason = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Jobs, "failed", "mixed.jsonl.reason.json"))).RootElement;
        Assert.Equal(
            [(3, ErrorCodes.InvalidJson), (4, ErrorCodes.ExecutionError)],
            reason.GetProperty("documents").EnumerateArray().Select(document => (document.GetProperty("line").GetInt32(), document.GetProperty("code").GetString())));
        Assert.Equal(7, Directory.EnumerateFiles(Results, "*-result.json").Count());
    }

    [Theory]
    [InlineData("--log-level", "error", null, "")]
    [InlineData(null, null, "warn,guestkit=trace", "")]
    [InlineData("--log-level", "info", "error", "quiet.json: done")]
    public async Task What_a_worker_tells_has_a_level(string? option, string? level, string? environment, string expected)
    {
        Drop("quiet.json", Support.Jobs.Echo($"folder-level-{level ?? "environment"}").ToJsonString());
        string[] arguments = option is null || level is null ? [] : [option, level];
        using var process = Start("w-1", environment, ["--once", "--poll-interval", "0.2", .. arguments]);
        var told = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal((0, expected), (process.ExitCode, told.Trim()));
    }

    [Fact]
    public async Task The_names_in_the_environment_are_honoured_and_a_second_worker_of_one_name_is_refused()
    {
        Drop("environment.json", Support.Jobs.Echo("folder-environ").ToJsonString());
        using var first = Start(null, "--poll-interval", "0.2");
        await WaitForAsync(() => Task.FromResult(Names("done").Contains("environment.json")));

        using var second = Start(null, "--once");
        var error = await second.StandardError.ReadToEndAsync();
        await second.WaitForExitAsync();
        first.Kill();
        await first.WaitForExitAsync();

        Assert.Equal(2, second.ExitCode);
        Assert.Contains("w-environment", error, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(Jobs, ".processing", "w-environment")));
    }

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), timeout.Token);
        }
    }

    private void Drop(string name, string content)
    {
        Directory.CreateDirectory(Jobs);
        File.WriteAllText(Path.Combine(Jobs, name), content);
    }

    private IReadOnlyList<string> Names(string folder) => Directory.Exists(Path.Combine(Jobs, folder))
        ? [.. Directory.EnumerateFileSystemEntries(Path.Combine(Jobs, folder)).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)]
        : [];

    private JsonElement Result(string jobId) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Results, $"{jobId}-result.json"))).RootElement;

    private string? ReasonOf(string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Jobs, "failed", $"{name}.reason.json"))).RootElement.GetProperty("code").GetString();

    private async Task<int> RunOnceAsync(string worker, string pollSeconds = "0.2")
    {
        using var process = Start(worker, "--once", "--poll-interval", pollSeconds);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <param name="worker">Null where the environment is to name the folders and the worker.</param>
    /// <param name="arguments">More arguments.</param>
    private Process Start(string? worker, params IEnumerable<string> arguments) => Start(worker, logLevels: null, arguments);

    private Process Start(string? worker, string? logLevels, IEnumerable<string> arguments)
    {
        string[] places = worker is null ? [] : ["--jobs-dir", Jobs, "--results-dir", Results, "--worker-id", worker];
        var start = BuiltPrograms.Start(BuiltPrograms.Command, ["watch-folder", .. places, .. arguments]);
        start.Environment["ORCHESTRATE_URL"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{service.Service.Port}");
        start.Environment["RUST_LOG"] = logLevels;
        start.Environment["GUESTKIT_JOBS_DIR"] = Jobs;
        start.Environment["GUESTKIT_RESULTS_DIR"] = Results;
        start.Environment["GUESTKIT_WORKER_ID"] = "w-environment";
        return Process.Start(start) ?? throw new InvalidOperationException("The command did not start.");
    }
}
