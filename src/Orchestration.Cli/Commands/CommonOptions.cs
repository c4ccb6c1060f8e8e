using System.CommandLine;
using Orchestration.Cli.Service;

namespace Orchestration.Cli.Commands;

/// <summary>What several commands share: where the service is, and how failures end.</summary>
internal static class CommonOptions
{
    private static readonly Uri DefaultAddress = new("http://127.0.0.1:7071/");

    public static Option<Uri> Url() => new("--url")
    {
        Description = "Where the service listens. Environment: ORCHESTRATE_URL.",
        DefaultValueFactory = _ => ParseAddress(Environment.GetEnvironmentVariable("ORCHESTRATE_URL") ?? "") ?? DefaultAddress,
        CustomParser = result =>
        {
            var address = ParseAddress(result.Tokens[0].Value);
            if (address is null)
            {
                result.AddError($"Expected an http or https URL for --url, found '{result.Tokens[0].Value}'.");
            }

            return address ?? DefaultAddress;
        },
    };

    public static Option<string?> Key() => new("--key")
    {
        Description = "Function key. Environment: ORCHESTRATE_KEY.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ORCHESTRATE_KEY"),
    };

    public static Option<string> Storage() => new("--storage")
    {
        Description = "Connection string of the account that holds the images. Environment: ORCHESTRATE_STORAGE.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ORCHESTRATE_STORAGE") ?? "UseDevelopmentStorage=true",
    };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON for scripts rather than text for people." };

    public static Argument<string> JobId() => new("JOB") { Description = "The job's id." };

    /// <summary>Makes an action of a command's work: it gets a client of the service, and its failures become messages and exit codes.</summary>
    public static void SetWork(
        this Command command, Option<Uri> url, Option<string?> key, Func<ServiceClient, ParseResult, CancellationToken, Task<int>> work) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                using var client = new ServiceClient(parsed.GetRequiredValue(url), parsed.GetValue(key));
                return await work(client, parsed, cancellationToken);
            }
            catch (CommandException exception)
            {
                await Console.Error.WriteLineAsync(exception.Message);
                return exception.ExitCode;
            }
        });

    /// <summary>With a slash at the end, so that paths are appended rather than replaced.</summary>
    private static Uri? ParseAddress(string text) =>
        Uri.TryCreate($"{text.TrimEnd('/')}/", UriKind.Absolute, out var address) && address is { Scheme: "http" or "https" } ? address : null;
}
