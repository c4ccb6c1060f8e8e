using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.Profiles;
using Orchestration.Protocol;

namespace Orchestration.Functions.Operations.Guests;

/// <summary>The reports of a job's profiles, as its steps left them.</summary>
public sealed class ProfileReports
{
    private readonly IReadOnlyList<(string Profile, JsonElement Content, ProfileReport Report)> _reports;

    private ProfileReports(IReadOnlyList<(string Profile, JsonElement Content, ProfileReport Report)> reports) => _reports = reports;

    /// <summary>One file a profile: <c>profile-security.json</c>.</summary>
    public IEnumerable<Artifact> Artifacts =>
        _reports.Select(report => new Artifact($"{GuestSteps.StepFor(report.Profile)}.json", report.Content));

    /// <summary>Each report's counts, for the result document.</summary>
    public JsonArray Summaries => new([.. _reports.Select(report => Summarize(report.Report))]);

    /// <summary>Failed checks of severity critical, over all profiles.</summary>
    public int CriticalFailures => _reports.Sum(report => report.Report.Summary.BySeverity.Critical);

    public static async Task<ProfileReports> ReadAsync(StepContext context, IEnumerable<string> profiles, CancellationToken cancellationToken)
    {
        var reports = new List<(string, JsonElement, ProfileReport)>();
        foreach (var profile in profiles.Distinct(StringComparer.Ordinal))
        {
            var content = await context.ReadOutputAsync(GuestSteps.StepFor(profile), cancellationToken);
            var report = content.Deserialize<ProfileReport>(ProtocolJson.Options)
                ?? throw new InvalidOperationException($"The report of profile '{profile}' of job {context.JobId} is empty.");
            reports.Add((profile, content, report));
        }

        return new ProfileReports(reports);
    }

    private static JsonObject Summarize(ProfileReport report)
    {
        var summary = JsonSerializer.SerializeToNode(report.Summary, ProtocolJson.Options)!.AsObject();
        summary["profile"] = report.Profile;
        summary["score"] = report.Score;
        summary["overall_risk"] = JsonSerializer.SerializeToNode(report.OverallRisk, ProtocolJson.Options);
        return summary;
    }
}
