using System.Diagnostics;
using System.Globalization;
using Orchestration.EndToEnd.Tests.Support;

namespace Orchestration.EndToEnd.Tests.Failures;

/// <summary>What whoever starts the service wrongly is told.</summary>
[Collection(RunningService.Collection)]
public class StartupTests(RunningService service)
{
    [Fact]
    public async Task A_second_service_on_one_store_is_refused_in_words()
    {
        var (exitCode, error) = await StartAsync(service.Service.DataDirectory, "--port", "0");

        Assert.Equal(1, exitCode);
        Assert.Contains("another process has it open", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        var (exitCode, error) = await StartInNewFolderAsync("--port", service.Service.Port.ToString(CultureInfo.InvariantCulture));

        Assert.Equal(1, exitCode);
        Assert.Contains("--port", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listening_beyond_this_machine_without_keys_is_refused()
    {
        var (exitCode, error) = await StartInNewFolderAsync("--port", "0", "--address", "0.0.0.0");

        Assert.Equal(1, exitCode);
        Assert.Contains("EmbeddedRuntime:Keys", error, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Error)> StartInNewFolderAsync(params string[] arguments)
    {
        var data = Directory.CreateTempSubdirectory("orchestration-startup-");
        try
        {
            return await StartAsync(data.FullName, arguments);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private async Task<(int ExitCode, string Error)> StartAsync(string dataDirectory, params string[] arguments)
    {
        var start = BuiltPrograms.Start(BuiltPrograms.Service, arguments);
        start.WorkingDirectory = dataDirectory;
        start.Environment["AzureWebJobsStorage"] = service.Azurite.ConnectionString;
        start.Environment["EmbeddedRuntime__DataDirectory"] = dataDirectory;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The service did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(timeout.Token);
        await output;
        return (process.ExitCode, await error);
    }
}
