using System.CommandLine;
using Orchestration.Cli.Output;
using Orchestration.Cli.Service;
using Orchestration.Protocol.Validation;

namespace Orchestration.Cli.Commands.Submission;

/// <summary><c>orchestrate validate FILE…</c>: what is wrong with documents.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Job documents, JSON or YAML; - for standard input.", Arity = ArgumentArity.OneOrMore };
        var offline = new Option<bool>("--offline") { Description = "Check what can be checked without the service: everything but the operation's payload." };
        var strict = new Option<bool>("--strict") { Description = "Refuse documents with members that have no effect, such as misspelled ones." };
        var json = CommonOptions.Json();
        var (url, key) = (CommonOptions.Url(), CommonOptions.Key());
        var command = new Command("validate", "Tell everything that is wrong with job documents; nothing is run.") { files, offline, strict, json, url, key };
        command.SetWork(url, key, async (client, parsed, cancellationToken) =>
        {
            var reports = new List<DocumentReport>();
            foreach (var file in parsed.GetRequiredValue(files))
            {
                var service = parsed.GetValue(offline) ? null : client;
                reports.Add(await CheckAsync(service, file, parsed.GetValue(strict), cancellationToken));
            }

            Answer.Write(reports, parsed.GetValue(json), all => all.ForEach(Print));
            return reports.TrueForAll(report => report.Valid) ? ExitCode.Completed : ExitCode.Refused;
        });
        return command;
    }

    private static async Task<DocumentReport> CheckAsync(ServiceClient? service, string file, bool strict, CancellationToken cancellationToken)
    {
        var content = await DocumentFile.ReadAsync(file, cancellationToken);
        var format = DocumentFile.FormatOf(file, content);
        var reading = JobDocumentReader.Read(content, new ReadingOptions { Format = format });
        IReadOnlyList<Violation> violations = reading.Violations;
        if (violations.Count == 0 && service is not null)
        {
            violations = await service.ValidateAsync(content, format, cancellationToken);
        }

        var unknown = reading.UnknownMembers;
        return new DocumentReport(file, violations.Count == 0 && (unknown.Count == 0 || !strict), reading.JobId, violations, unknown);
    }

    private static void Print(DocumentReport report)
    {
        Console.WriteLine($"{report.File}: {(report.Valid ? "valid" : "refused")}");
        foreach (var violation in report.Violations)
        {
            Console.WriteLine($"  {Summary.Describe(violation)}");
        }

        foreach (var pointer in report.UnknownMembers)
        {
            Console.WriteLine($"  {pointer} has no effect");
        }
    }

    private sealed record DocumentReport(
        string File, bool Valid, string? JobId, IReadOnlyList<Violation> Violations, IReadOnlyList<string> UnknownMembers);
}
