using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;

namespace Orchestration.EndToEnd.Tests.Commands;

/// <summary>What whoever uses <c>orchestrate</c> wrongly, interrupts it or writes a script around it gets.</summary>
[Collection(RunningService.Collection)]
public sealed class CommandLineTests(RunningService service) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("orchestrate-line-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("list")]
    [InlineData("run")]
    [InlineData("advisories", "import")]
    public async Task Help_shows_no_key_and_no_connection_string_of_the_environment(params string[] command)
    {
        var help = await service.CommandAsync([.. command, "--help"]);

        Assert.Equal(0, help.ExitCode);
        Assert.Contains("ORCHESTRATE_", help.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(RunningService.CommandKey, help.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("AccountKey", help.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("list", "--limt", "3")]
    [InlineData("list", "--limit", "many")]
    [InlineData("list", "--limit", "0")]
    [InlineData("watch-folder", "--max-concurrent", "many")]
    [InlineData("watch-folder", "--poll-interval", "0")]
    [InlineData("image")]
    public async Task A_misused_command_is_told_on_standard_error_only(params string[] command)
    {
        var misused = await service.CommandAsync(command);

        Assert.Equal((2, ""), (misused.ExitCode, misused.Output));
        Assert.Contains("--help", misused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", misused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "IMAGE", "--storage", "nonsense")]
    [InlineData("advisories", "import", "IMAGE", "--storage", "nonsense")]
    [InlineData("run", "IMAGE", "--profile", "nonsense")]
    public async Task A_wrong_value_is_refused_in_words(params string[] command)
    {
        var refused = await service.CommandAsync(command.Select(word => word == "IMAGE" ? SampleImage.Path : word));

        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.DoesNotContain("   at ", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_told_before_anything_is_uploaded()
    {
        var run = await service.CommandAsync("run", SampleImage.Path, "--url", "http://127.0.0.1:9");

        Assert.Equal(3, run.ExitCode);
        Assert.DoesNotContain("upload", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_not_known_is_told_from_one_that_is_missing()
    {
        await using var guarded = await ServiceProcess.StartAsync(service.Azurite, ("Access__Keys__reader__Value", "the-only-key"));
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{guarded.Port}");

        var wrong = await service.CommandAsync("list", "--url", url, "--key", "another-key");
        var missing = await service.CommandAsync("list", "--url", url, "--key", "");

        Assert.Equal((2, 2), (wrong.ExitCode, missing.ExitCode));
        Assert.Contains("does not know this key", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("wants a key", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_interrupts_waiting_is_told_that_the_job_goes_on()
    {
        var document = Write("slow.json", Jobs.Echo("echo-interrupted-1", new JsonObject { ["delay_ms"] = 8000 }).ToJsonString());
        using var process = service.StartCommand("submit", document, "--wait");
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadLineAsync();

        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync();
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("orchestrate watch echo-interrupted-1", await error, StringComparison.Ordinal);
        Assert.Equal(0, (await service.CommandAsync("cancel", "echo-interrupted-1")).ExitCode);
    }

    [Fact]
    public async Task A_document_on_standard_input_may_be_yaml()
    {
        var yaml = Write("document", """
            version: "1.0"
            job_id: echo-yaml-input-1
            created_at: 2026-03-01T08:00:00Z
            kind: VMOperation
            operation: system.echo
            payload: {type: system.echo.v1, data: {message: ping}}
            """);

        var submit = await service.CommandAsync("submit", yaml, "--wait", "--json");

        Assert.True(submit.ExitCode == 0, submit.Error);
        Assert.Equal("echo-yaml-input-1", JsonDocument.Parse(submit.Output).RootElement.GetProperty("job_id").GetString());
    }

    [Fact]
    public async Task An_image_whose_name_has_signs_that_documents_refuse_is_run_all_the_same()
    {
        var image = Path.Combine(_folder.FullName, "my disk #1?.qcow2");
        File.Copy(SampleImage.Path, image);

        var run = await service.CommandAsync("run", image, "--profile", "security", "--json", "--output", _folder.FullName);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal("completed", JsonDocument.Parse(run.Output).RootElement.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Tables_in_files_have_no_blanks_at_the_ends_of_lines()
    {
        var workers = await service.CommandAsync("workers");

        Assert.Contains("Last heard of", workers.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(" \n", workers.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shell_that_asks_for_completions_gets_the_commands_and_options_that_fit()
    {
        var script = await service.CommandAsync("completion", "bash");
        var commands = await service.CommandAsync("[suggest:2]", "st");
        var options = await service.CommandAsync("[suggest:7]", "list --");

        Assert.Contains("complete -o default -F _orchestrate orchestrate", script.Output, StringComparison.Ordinal);
        Assert.Contains("status", commands.Output.Split('\n'));
        Assert.Contains("--limit", options.Output.Split('\n'));
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }
}
