using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;

namespace Orchestration.EndToEnd.Tests;

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
    private Process Start(string? worker, params IEnumerable<string> arguments)
    {
        string[] places = worker is null ? [] : ["--jobs-dir", Jobs, "--results-dir", Results, "--worker-id", worker];
        var start = BuiltPrograms.Start(BuiltPrograms.Command, ["watch-folder", .. places, .. arguments]);
        start.Environment["ORCHESTRATE_URL"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{service.Service.Port}");
        start.Environment["GUESTKIT_JOBS_DIR"] = Jobs;
        start.Environment["GUESTKIT_RESULTS_DIR"] = Results;
        start.Environment["GUESTKIT_WORKER_ID"] = "w-environment";
        return Process.Start(start) ?? throw new InvalidOperationException("The command did not start.");
    }
}
