using System.CommandLine;
using Orchestration.Cli.Output;
using Orchestration.Cli.Service;

namespace Orchestration.Cli.Commands.Submission;

/// <summary><c>orchestrate schedules list|show|put|delete|run</c>: jobs that are submitted by themselves.</summary>
internal static class ScheduleCommand
{
    public static Command Create() => new("schedules", "Jobs that are submitted by themselves, at certain times.")
    {
        CreateList(),
        CreateShow(),
        CreatePut(),
        CreateDelete(),
        CreateRun(),
    };

    private static Argument<string> Name() => new("NAME") { Description = "The schedule's name: 2 to 32 lower-case letters, digits and hyphens." };

    private static Command CreateList() => CreateWithOutput(
        "list",
        "List all schedules, with their next and their last runs.",
        [],
        async (client, _, json, cancellationToken) => Answer.Write(await client.GetSchedulesAsync(cancellationToken), json, ScheduleSummary.Print));

    private static Command CreateShow()
    {
        var name = Name();
        return CreateWithOutput(
            "show",
            "Show a schedule: its next runs, its last one with the jobs, and what went wrong.",
            [name],
            async (client, parsed, json, cancellationToken) =>
                Answer.Write(await client.GetScheduleAsync(parsed.GetRequiredValue(name), cancellationToken), json, ScheduleSummary.Print));
    }

    private static Command CreatePut()
    {
        var name = Name();
        var file = new Argument<string>("FILE") { Description = "The schedule, JSON or YAML; - for standard input." };
        return CreateWithOutput(
            "put",
            "Write a schedule; one of that name is replaced.",
            [name, file],
            async (client, parsed, json, cancellationToken) =>
            {
                var path = parsed.GetRequiredValue(file);
                var content = await DocumentFile.ReadAsync(path, cancellationToken);

                Answer.Write(await client.PutScheduleAsync(parsed.GetRequiredValue(name), content, DocumentFile.FormatOf(path, content), cancellationToken), json, ScheduleSummary.Print);
            });
    }

    private static Command CreateDelete()
    {
        var name = Name();
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command("delete", "Remove a schedule; the jobs that it submitted go on.") { name, url, key };
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            await client.DeleteScheduleAsync(parsed.GetRequiredValue(name), cancellationToken);
            return ExitCode.Completed;
        });
        return command;
    }

    private static Command CreateRun()
    {
        var name = Name();
        return CreateWithOutput(
            "run",
            "Submit a schedule's jobs now, whatever its times.",
            [name],
            async (client, parsed, json, cancellationToken) =>
                Answer.Write(await client.RunScheduleAsync(parsed.GetRequiredValue(name), cancellationToken), json, ScheduleSummary.Print));
    }

    private static Command CreateWithOutput(
        string name, string description, Argument[] arguments, Func<ServiceClient, ParseResult, bool, CancellationToken, Task> work)
    {
        var json = CommonOptions.Json();
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command(name, description) { json, url, key };
        Array.ForEach(arguments, command.Arguments.Add);
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            await work(client, parsed, parsed.GetValue(json), cancellationToken);
            return ExitCode.Completed;
        });
        return command;
    }
}
