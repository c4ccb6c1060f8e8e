using System.CommandLine;
using System.Text.Json;
using Orchestration.Cli.Commands.Jobs;
using Orchestration.Cli.Output;
using Orchestration.Protocol;

namespace Orchestration.Cli.Commands.Administration;

/// <summary><c>orchestrate dead-letters list|requeue</c>: jobs whose attempts are used up.</summary>
internal static class DeadLetterCommand
{
    private const int DefaultLimit = 50;

    public static Command Create() => new("dead-letters", "List the jobs whose several attempts are used up, and give them more.")
    {
        CreateList(),
        CreateRequeue(),
    };

    private static Command CreateList()
    {
        var limit = CommonOptions.Limit(DefaultLimit);
        var json = CommonOptions.JsonLines();
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command("list", "List them, newest first.") { limit, json, url, key };
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            await JobPages.PrintAsync(
                (count, cursor) => client.ListDeadLettersAsync(count, "", cursor, cancellationToken), parsed.GetValue(limit), parsed.GetValue(json));
            return ExitCode.Completed;
        });
        return command;
    }

    private static Command CreateRequeue()
    {
        var jobs = new Argument<string[]>("JOB") { Description = "The jobs' ids.", Arity = ArgumentArity.OneOrMore };
        var json = CommonOptions.JsonLines();
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command("requeue", "Give jobs as many attempts more as they had.") { jobs, json, url, key };
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            foreach (var job in parsed.GetRequiredValue(jobs))
            {
                var view = await client.RequeueAsync(job, cancellationToken);
                if (parsed.GetValue(json))
                {
                    Console.WriteLine(JsonSerializer.Serialize(view, ProtocolJson.Options));
                }
                else
                {
                    Summary.Print(view);
                }
            }

            return ExitCode.Completed;
        });
        return command;
    }
}
