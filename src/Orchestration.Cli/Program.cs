using System.CommandLine;
using Orchestration.Cli;
using Orchestration.Cli.Commands;
using Orchestration.Cli.Commands.Administration;
using Orchestration.Cli.Commands.Images;
using Orchestration.Cli.Commands.Jobs;
using Orchestration.Cli.Commands.Submission;

var root = new RootCommand("Submits jobs on virtual-machine disk images, follows them and shows what came of them.")
{
    RunCommand.Create(),
    SubmitCommand.Create(),
    ValidateCommand.Create(),
    StatusCommand.Create(),
    WatchCommand.Create(),
    ResultCommand.Create(),
    ListCommand.Create(),
    EventsCommand.Create(),
    ControlCommands.CreateCancel(),
    ControlCommands.CreatePause(),
    ControlCommands.CreateResume(),
    QueueCommand.Create(),
    DeadLetterCommand.Create(),
    ScheduleCommand.Create(),
    PurgeCommand.Create(),
    FolderCommand.Create(),
    WorkerCommands.CreateCapabilities(),
    WorkerCommands.CreateWorkers(),
    AdvisoriesCommand.Create(),
    ImageCommand.Create(),
    CompletionCommand.Create(),
};
root.Description += """


    Exit codes: 0 the job completed, 1 the job failed, 2 the command or document was refused, 3 the service or storage cannot be reached,
    4 the command itself failed, 130 interrupted. Results go to standard output; words about them, and what went wrong, to standard error.
    """;
return await Invocation.RunAsync(root.Parse(args));
