using System.CommandLine;
using Orchestration.Cli.Commands;

var root = new RootCommand("Submits jobs on virtual-machine disk images, follows them and shows what came of them.")
{
    RunCommand.Create(),
    SubmitCommand.Create(),
    StatusCommand.Create(),
    WatchCommand.Create(),
    ResultCommand.Create(),
};
root.Description += """


    Exit codes: 0 the job completed, 1 the job failed, 2 the command or document was refused, 3 the service or storage cannot be reached.
    """;
return await root.Parse(args).InvokeAsync();
