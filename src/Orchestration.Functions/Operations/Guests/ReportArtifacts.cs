using System.Reflection;
using System.Text.Json;
using Orchestration.Inspection.OperatingSystems;
using Orchestration.Inspection.Packages;
using Orchestration.Profiles.Reports;
using Orchestration.Protocol;

namespace Orchestration.Functions.Operations.Guests;

/// <summary>Writes a job's findings in the formats that it asks for, all from one model.</summary>
public sealed class ReportArtifacts(TimeProvider time)
{
    private static readonly string Version = typeof(ReportArtifacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>What has to be learned of a guest for these formats.</summary>
    public static IEnumerable<string> StepsFor(IReadOnlyList<string> formats) =>
        formats.Count == 0 ? []
        : formats.Any(ReportFormats.ListsPackages) ? [GuestSteps.OperatingSystem, GuestSteps.Packages]
        : [GuestSteps.OperatingSystem];

    public async Task<IReadOnlyList<Artifact>> WriteAsync(
        StepContext context, ImageReference image, ProfileChoices choices, ProfileReports profiles, CancellationToken cancellationToken)
    {
        var formats = choices.Reports;
        var steps = StepsFor(formats).ToList();
        if (steps.Count == 0)
        {
            return [];
        }

        var report = new GuestReport(
            context.JobId,
            image.Path,
            time.GetUtcNow(),
            Version,
            await ReadAsync<OperatingSystemFacts>(context, GuestSteps.OperatingSystem, "operating_system", cancellationToken),
            steps.Contains(GuestSteps.Packages) ? (await ReadAsync<PackageFacts>(context, GuestSteps.Packages, "packages", cancellationToken))?.Installed : null,
            profiles.Reports,
            profiles.Vulnerabilities)
        {
            Languages = choices.DeepScan && steps.Contains(GuestSteps.Packages) ? (await GuestSteps.ReadLanguagesAsync(context, cancellationToken)).Found : null,
        };
        return
        [
            .. from format in formats.Distinct(StringComparer.Ordinal)
               let written = ReportFormats.Write(format, report)
               select new Artifact(written.FileName, BinaryData.FromString(written.Text), written.MediaType),
        ];
    }

    private static async Task<T?> ReadAsync<T>(StepContext context, string step, string section, CancellationToken cancellationToken) =>
        (await context.ReadOutputAsync(step, cancellationToken)).GetProperty(section).Deserialize<T>(ProtocolJson.Options);
}
