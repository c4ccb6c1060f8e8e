using System.CommandLine;
using System.Globalization;
using System.Numerics;
using Orchestration.Cli.Service;

namespace Orchestration.Cli.Commands;

/// <summary>What several commands share: where the service and the storage are, and how much is told in which form.</summary>
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

    // Keys and connection strings are taken from the environment where they are used, as help shows the defaults of options.
    public static Option<string?> Key() => new("--key") { Description = "Function key. Environment: ORCHESTRATE_KEY." };

    public static Option<string?> Storage() => new("--storage")
    {
        Description = "Connection string of the account that holds the images. Environment: ORCHESTRATE_STORAGE. Default: the emulator on this machine.",
    };

    /// <summary>The connection string that was given, or that of the environment, or that of the emulator.</summary>
    public static string StorageOf(ParseResult parsed, Option<string?> storage) =>
        parsed.GetValue(storage) ?? Environment.GetEnvironmentVariable("ORCHESTRATE_STORAGE") ?? "UseDevelopmentStorage=true";

    /// <summary>The most of something to show, from 1.</summary>
    public static Option<int> Limit(int usual)
    {
        var limit = new Option<int>("--limit") { Description = "The most jobs to show.", DefaultValueFactory = _ => usual };
        limit.RequireRange(1, int.MaxValue);
        return limit;
    }

    /// <summary>Refuses numbers outside of a range, both of whose ends are inside. What is no number is refused anyway.</summary>
    public static void RequireRange<T>(this Option<T> option, T least, T most)
        where T : INumber<T> => option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && T.TryParse(text, CultureInfo.InvariantCulture, out var value) && !(value >= least && value <= most))
            {
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"Expected {least} to {most} for {option.Name}, found {text}."));
            }
        });

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document, for scripts, rather than text for people." };

    public static Option<bool> JsonLines() => new("--json") { Description = "Print a line of JSON for each, for scripts, rather than text for people." };

    public static Argument<string> JobId() => new("JOB") { Description = "The job's id." };

    /// <summary>Makes an action of a command's work, which gets a client of the service.</summary>
    public static void SetWork(
        this Command command, Option<Uri> url, Option<string?> key, Func<ServiceClient, ParseResult, CancellationToken, Task<int>> work) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new ServiceClient(parsed.GetRequiredValue(url), parsed.GetValue(key) ?? Environment.GetEnvironmentVariable("ORCHESTRATE_KEY"));
            return await work(client, parsed, cancellationToken);
        });

    /// <summary>With a slash at the end, so that paths are appended rather than replaced.</summary>
    private static Uri? ParseAddress(string text) =>
        Uri.TryCreate($"{text.TrimEnd('/')}/", UriKind.Absolute, out var address) && address is { Scheme: "http" or "https" } ? address : null;
}
