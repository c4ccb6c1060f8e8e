using System.CommandLine;
using Azure;
using Azure.Storage.Blobs;
using Orchestration.Cli.Output;
using Orchestration.Profiles.Vulnerabilities.Database;

namespace Orchestration.Cli.Commands.Administration;

/// <summary><c>orchestrate advisories import PATH</c>: brings advisories to where the service looks for them.</summary>
internal static class AdvisoriesCommand
{
    private const string Container = "advisories";

    public static Command Create() => new("advisories", "Advisories about vulnerable packages, for the profile 'vulnerabilities'.") { CreateImport() };

    private static Command CreateImport()
    {
        var path = new Argument<string>("PATH") { Description = "A directory, a zip as osv.dev publishes it (all.zip), or a single record of the OSV schema." };
        var storage = CommonOptions.Storage();
        var json = CommonOptions.Json();
        var command = new Command("import", "Import OSV records. Those of a release replace what was imported for it before.") { path, json, storage };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                var result = AdvisoryImporter.Import(parsed.GetRequiredValue(path), TimeProvider.System.GetUtcNow(), cancellationToken);
                await UploadAsync(CommonOptions.StorageOf(parsed, storage), result.Databases, cancellationToken);
                await TellProblemsAsync(result);
                Answer.Write(
                    new { Databases = result.Databases.Select(database => database.Header), result.Records, result.Withdrawn, result.Elsewhere, result.Problems },
                    parsed.GetValue(json),
                    _ => Print(result));
                return result.Databases.Count > 0 ? ExitCode.Completed : ExitCode.Refused;
            }
            catch (Exception exception) when (exception is AdvisoryException or IOException or UnauthorizedAccessException)
            {
                throw new CommandException(ExitCode.Refused, exception.Message, exception);
            }
            catch (FormatException exception)
            {
                throw new CommandException(ExitCode.Refused, "Expected a connection string of Azure Storage for --storage or ORCHESTRATE_STORAGE.", exception);
            }
            catch (Exception exception) when (exception is RequestFailedException or AggregateException)
            {
                throw new CommandException(ExitCode.Unreachable, $"The advisories could not be uploaded: {exception.InnerException?.Message ?? exception.Message}", exception);
            }
        });
        return command;
    }

    private static async Task UploadAsync(string connectionString, IReadOnlyList<ImportedDatabase> databases, CancellationToken cancellationToken)
    {
        var container = new BlobContainerClient(connectionString, Container);
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        foreach (var database in databases)
        {
            await container.GetBlobClient(AdvisoryDatabase.FileName(database.Header.Ecosystem))
                .UploadAsync(BinaryData.FromBytes(database.Content), overwrite: true, cancellationToken);
        }
    }

    private static async Task TellProblemsAsync(ImportResult result)
    {
        foreach (var problem in result.Problems)
        {
            await Console.Error.WriteLineAsync($"Left out: {problem}");
        }
    }

    private static void Print(ImportResult result)
    {
        foreach (var header in result.Databases.Select(database => database.Header))
        {
            Console.WriteLine($"{header.Ecosystem}: {header.Advisories} advisories, the newest of {header.Newest:yyyy-MM-dd}");
        }

        Console.WriteLine($"{result.Records} records read, {result.Withdrawn} of them withdrawn or about no package; {result.Elsewhere} statements about ecosystems that no guest has.");
    }
}
