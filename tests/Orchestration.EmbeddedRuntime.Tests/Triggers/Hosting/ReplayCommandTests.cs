using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.Hosting;

public sealed class ReplayCommandTests
{
    [Theory]
    [InlineData("")]
    [InlineData("--port 1")]
    [InlineData("serve replay")]
    public void Other_command_lines_are_not_this_command(string arguments) =>
        Assert.Null(ReplayCommand.From(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public async Task Histories_over_http_in_files_and_in_the_store_are_run_against_the_functions()
    {
        using var folder = new TemporaryFolder();
        string good = folder.File("good.json");
        string changed = folder.File("changed.json");
        string broken = folder.File("broken.json");
        await using var host = await TestHost.StartAsync(typeof(Functions));
        var client = host.Services.GetRequiredService<DurableTaskClient>();
        await client.ScheduleNewOrchestrationInstanceAsync("Sum", 1, new StartOrchestrationOptions("it"));
        await client.WaitForInstanceCompletionAsync("it");
        string document = await host.Client.GetStringAsync("/runtime/webhooks/durabletask/instances/it/history");
        await File.WriteAllTextAsync(good, document);
        await File.WriteAllTextAsync(changed, document.Replace("\"AddOne\"", "\"AddTwo\"", StringComparison.Ordinal));
        await File.WriteAllTextAsync(broken, "{");

        Assert.Equal((0, $"{good}: 'Sum' repeats its 6 events\nit: 'Sum' repeats its 6 events\n"), await RunAsync(host, good, "--instance", "it"));
        var (exitCode, output) = await RunAsync(host, changed, good);
        Assert.Equal(1, exitCode);
        Assert.StartsWith(
            $"{changed}: 'Sum' differs at event 2 of 6\n  history: the activity 'AddTwo'\n  code:    the activity 'AddOne'\n",
            output,
            StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync(host, broken, changed)).ExitCode);
        Assert.Equal(2, (await RunAsync(host, "--instance", "nobody")).ExitCode);
        Assert.Equal(2, (await RunAsync(host, folder.File("missing.json"))).ExitCode);
        Assert.Equal(2, (await RunAsync(host)).ExitCode);
    }

    [Fact]
    public async Task A_history_that_does_not_exist_is_not_found_over_http()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions));

        Assert.Equal(
            System.Net.HttpStatusCode.NotFound,
            (await host.Client.GetAsync(new Uri("/runtime/webhooks/durabletask/instances/nobody/history", UriKind.Relative))).StatusCode);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(TestHost host, params string[] arguments)
    {
        await using var output = new StringWriter { NewLine = "\n" };
        int exitCode = await (ReplayCommand.From(["replay", .. arguments]) ?? throw new InvalidOperationException("No such command."))
            .RunAsync(host.Services.GetRequiredService<InstanceHistories>(), output, CancellationToken.None);
        return (exitCode, output.ToString());
    }

    public static class Functions
    {
        [Function("Sum")]
        public static Task<int> Sum([OrchestrationTrigger] TaskOrchestrationContext context, int input) =>
            context.CallActivityAsync<int>("AddOne", input);

        [Function("AddOne")]
        public static int AddOne([ActivityTrigger] int input) => input + 1;
    }
}
