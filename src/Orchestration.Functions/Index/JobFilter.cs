using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Index;

/// <summary>Which jobs a list is to show. What is null is not asked for.</summary>
public sealed record JobFilter
{
    /// <summary>Names of states, those of <see cref="JobState"/> or those of result documents.</summary>
    public IReadOnlyList<string>? States { get; init; }

    public string? Operation { get; init; }

    public string? Namespace { get; init; }

    /// <summary>Labels that a job must have, all of them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>Submitted no earlier.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Submitted before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Part of the job's id or name; case does not matter.</summary>
    public string? Text { get; init; }

    /// <summary>The members of a query that filter.</summary>
    public static IReadOnlyList<string> Members { get; } = ["state", "operation", "namespace", "label", "from", "to", "text"];

    // The host takes its key from the query, and which key it is.
    private static readonly string[] MembersOfHost = ["code", "clientId"];

    /// <summary>Reads the query of a request. A misspelled member is refused: without its filter there would be more jobs than were meant.</summary>
    /// <param name="query">The query.</param>
    /// <param name="others">Its members that the caller reads.</param>
    /// <param name="filter">What was read.</param>
    /// <returns>The member that is wrong, and what was expected of it; null where all is well.</returns>
    public static (string Name, string Expected)? TryRead(IQueryCollection query, IReadOnlyList<string> others, out JobFilter filter)
    {
        filter = new JobFilter();
        IReadOnlyList<string> known = [.. Members, .. others];
        if (query.Keys.FirstOrDefault(name => !known.Concat(MembersOfHost).Contains(name, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            return (unknown, $"left out, or spelled as one of {string.Join(", ", known)}");
        }

        if (!TryReadMoment(query["from"], out var from))
        {
            return ("from", "a moment such as 2026-03-01T08:00:00Z");
        }

        if (!TryReadMoment(query["to"], out var to))
        {
            return ("to", "a moment such as 2026-03-01T08:00:00Z");
        }

        var labels = new List<KeyValuePair<string, string>>();
        foreach (var label in query["label"])
        {
            if (label?.Split(':', 2) is not [{ Length: > 0 } name, { } value])
            {
                return ("label", "a label as NAME:VALUE");
            }

            labels.Add(KeyValuePair.Create(name, value));
        }

        var states = query["state"].SelectMany(state => state?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? []).ToList();
        if (states.Exists(state => !StateNames.Contains(state)))
        {
            return ("state", $"one of {string.Join(", ", StateNames.Order(StringComparer.Ordinal))}");
        }

        filter = new JobFilter
        {
            States = states.Count > 0 ? states : null,
            Operation = NullIfEmpty(query["operation"]),
            Namespace = NullIfEmpty(query["namespace"]),
            Labels = labels,
            From = from,
            To = to,
            Text = NullIfEmpty(query["text"]),
        };
        return null;
    }

    /// <summary>Whether a job matches, but for its state.</summary>
    public bool Matches(string jobId, IndexedJob job) =>
        (Operation is null || job.Operation == Operation)
        && (Namespace is null || job.Namespace == Namespace)
        && Labels.All(label => job.Labels is not null && job.Labels.TryGetValue(label.Key, out var value) && value == label.Value)
        && (From is null || job.SubmittedAt >= From)
        && (To is null || job.SubmittedAt < To)
        && (Text is null || jobId.Contains(Text, StringComparison.OrdinalIgnoreCase) || job.Name?.Contains(Text, StringComparison.OrdinalIgnoreCase) is true);

    public bool Matches(JobState state) =>
        States is null || States.Contains(NameOf(state)) || States.Contains(JobStateMachine.WireName(state));

    private static HashSet<string> StateNames { get; } =
        [.. Enum.GetValues<JobState>().SelectMany(state => new[] { NameOf(state), JobStateMachine.WireName(state) })];

    private static string NameOf(JobState state) => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static bool TryReadMoment(string? text, out DateTimeOffset? moment)
    {
        var given = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed);
        moment = given ? parsed : null;
        return given || string.IsNullOrEmpty(text);
    }
}
