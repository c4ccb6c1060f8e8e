using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.Profiles;
using Orchestration.Profiles.Vulnerabilities;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Operations.Guests;

/// <summary>The reports of a job's profiles, as its steps left them.</summary>
public sealed class ProfileReports
{
    private const int MostWorstFindings = 10;

    private readonly IReadOnlyList<(string Profile, JsonElement Content, ProfileReport Report)> _reports;

    private readonly JsonElement? _vulnerabilities;

    private ProfileReports(IReadOnlyList<(string Profile, JsonElement Content, ProfileReport Report)> reports, JsonElement? vulnerabilities)
    {
        _reports = reports;
        _vulnerabilities = vulnerabilities;
        Vulnerabilities = vulnerabilities?.Deserialize<VulnerabilityReport>(ProtocolJson.Options);
    }

    /// <summary>In the order in which the job asked for them.</summary>
    public IReadOnlyList<ProfileReport> Reports => [.. _reports.Select(report => report.Report)];

    /// <summary>Null where the job did not ask for them.</summary>
    public VulnerabilityReport? Vulnerabilities { get; }

    /// <summary>One file a profile: <c>profile-security.json</c>, <c>vulnerabilities.json</c>.</summary>
    public IEnumerable<Artifact> Artifacts =>
    [
        .. _reports.Select(report => Artifact.Json($"{GuestSteps.StepFor(report.Profile)}.json", report.Content)),
        .. _vulnerabilities is { } content ? [Artifact.Json($"{GuestSteps.Vulnerabilities}.json", content)] : Array.Empty<Artifact>(),
    ];

    /// <summary>Counts of known vulnerabilities, for the result document; null where the job did not ask for them.</summary>
    public JsonNode? VulnerabilitySummary => Vulnerabilities is not { } known
        ? null
        : new JsonObject
        {
            ["assessed"] = known.Assessed,
            ["ecosystem"] = known.Ecosystem,
            ["total"] = known.Findings.Count,
            ["by_severity"] = JsonSerializer.SerializeToNode(known.BySeverity, ProtocolJson.Options),
            ["notes"] = new JsonArray([.. known.Notes.Select(note => (JsonNode)note)]),
        };

    /// <summary>Each report's counts, for the result document.</summary>
    public JsonArray Summaries => new([.. _reports.Select(report => Summarize(report.Report))]);

    /// <summary>The failed checks that matter most, over all profiles, worst first: enough for a person to see what is wrong.</summary>
    public JsonArray WorstFindings => new(
    [
        .. _reports.SelectMany(report => report.Report.Results)
            .Where(result => result.Verdict == Verdict.Fail && result.Severity >= Severity.High)
            .DistinctBy(result => result.Id)
            .OrderByDescending(result => result.Severity)
            .Take(MostWorstFindings)
            .Select(Describe),
    ]);

    /// <summary>Why the job fails by its own policy; null where it has none or keeps it. A check that several profiles ask counts once.</summary>
    public JobError? FindPolicyFailure(ProfileChoices choices)
    {
        var critical = _reports.SelectMany(report => report.Report.Results)
            .Where(result => result is { Verdict: Verdict.Fail, Severity: Severity.Critical })
            .Select(result => result.Id).Distinct(StringComparer.Ordinal).ToList();
        return choices.FailOnCritical && critical.Count > 0
            ? JobError.Create(ErrorCodes.PolicyFailed, $"Checks of severity critical failed: {string.Join(", ", critical)}.", Phases.ResultGeneration)
            : null;
    }

    public static async Task<ProfileReports> ReadAsync(StepContext context, IEnumerable<string> profiles, CancellationToken cancellationToken)
    {
        var reports = new List<(string, JsonElement, ProfileReport)>();
        var names = profiles.Distinct(StringComparer.Ordinal).ToList();
        foreach (var profile in names.Where(name => name != GuestSteps.Vulnerabilities))
        {
            var content = await context.ReadOutputAsync(GuestSteps.StepFor(profile), cancellationToken);
            var report = content.Deserialize<ProfileReport>(ProtocolJson.Options)
                ?? throw new InvalidOperationException($"The report of profile '{profile}' of job {context.JobId} is empty.");
            reports.Add((profile, content, report));
        }

        return new ProfileReports(
            reports, names.Contains(GuestSteps.Vulnerabilities) ? await context.ReadOutputAsync(GuestSteps.Vulnerabilities, cancellationToken) : null);
    }

    private static JsonObject Describe(CheckResult result)
    {
        var evidence = result.Evidence.Count > 0 ? result.Evidence[0] : null;
        return new JsonObject
        {
            ["id"] = result.Id,
            ["title"] = result.Title,
            ["severity"] = JsonSerializer.SerializeToNode(result.Severity, ProtocolJson.Options),
            ["found"] = string.Join(" ", ((string?[])[WhereIs(evidence), evidence?.Found]).Where(part => part is not null)),
        };
    }

    private static string? WhereIs(Evidence? evidence) => evidence switch
    {
        { File: { } file, Line: { } line } => $"{file}:{line}",
        { File: { } file } => file,
        _ => null,
    };

    private static JsonObject Summarize(ProfileReport report)
    {
        var summary = JsonSerializer.SerializeToNode(report.Summary, ProtocolJson.Options)!.AsObject();
        summary["profile"] = report.Profile;
        summary["score"] = report.Score;
        summary["overall_risk"] = JsonSerializer.SerializeToNode(report.OverallRisk, ProtocolJson.Options);
        return summary;
    }
}
