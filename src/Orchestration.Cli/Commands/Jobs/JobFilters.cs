using System.CommandLine;

namespace Orchestration.Cli.Commands.Jobs;

/// <summary>Options that say which jobs are meant.</summary>
internal static class JobFilters
{
    public static Option<string[]>[] Create() =>
    [
        new("--state") { Description = "State, such as running, failed or dead_lettered; may be given several times." },
        new("--operation") { Description = "Operation, such as guestkit.inspect." },
        new("--namespace") { Description = "Namespace." },
        new("--label") { Description = "NAME:VALUE; may be given several times, for jobs that have them all." },
        new("--from") { Description = "Submitted at this moment or later, such as 2026-03-01T08:00:00Z." },
        new("--to") { Description = "Submitted before this moment." },
        new("--text") { Description = "Part of the job's id or name." },
    ];

    /// <summary>What was given, as the service reads it, each member with an ampersand before it.</summary>
    public static string ToQuery(Option<string[]>[] filters, ParseResult parsed) => string.Concat(filters.SelectMany(
        filter => parsed.GetValue(filter) ?? [], (filter, value) => $"&{filter.Name.TrimStart('-').Replace('-', '_')}={Uri.EscapeDataString(value)}"));
}
