using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.Functions.Images;
using Orchestration.Functions.Operations.Guests;
using Orchestration.Protocol;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Operations.Profile;

/// <summary><c>guestkit.profile</c>: how a disk image does by one or more profiles.</summary>
public sealed class ProfileOperation(GuestSteps steps, ReportArtifacts writer, ImageLocator locator) : IOperation
{
    public string Name => "guestkit.profile";

    public void Validate(JsonElement data, string pointer, ICollection<Violation> violations)
    {
        if (GuestPayloadRules.Open(data, pointer, violations) is not { } payload)
        {
            return;
        }

        GuestPayloadRules.CheckImage(payload, locator);
        GuestPayloadRules.CheckProfiles(payload, required: true, GuestSteps.Vulnerabilities);
        GuestPayloadRules.CheckProfileOptions(payload.Object("options"));
        OutputOptions.Check(payload.Object("output"));
    }

    public JobPlan Plan(JsonElement data)
    {
        var payload = StepContext.ReadData<ProfilePayload>(data);
        return GuestSteps.Plan(payload.Image, ReportArtifacts.StepsFor(payload.Options.Reports), payload.Profiles, payload.Options.DeepScan);
    }

    public Task<StepOutput> RunStepAsync(StepContext context, CancellationToken cancellationToken)
    {
        var payload = context.ReadData<ProfilePayload>();
        return steps.RunAsync(context, payload.Image, payload.Options, cancellationToken);
    }

    public async Task<OperationResult> AssembleAsync(StepContext context, CancellationToken cancellationToken)
    {
        var payload = context.ReadData<ProfilePayload>();
        var reports = await ProfileReports.ReadAsync(context, payload.Profiles, cancellationToken);
        var data = JsonSerializer.SerializeToElement(
            new JsonObject { ["profiles"] = reports.Summaries, ["vulnerabilities"] = reports.VulnerabilitySummary, ["worst_findings"] = reports.WorstFindings }, ProtocolJson.Options);
        var written = await writer.WriteAsync(context, payload.Image, payload.Options, reports, cancellationToken);
        return new OperationResult(data, [.. reports.Artifacts, .. written], reports.FindPolicyFailure(payload.Options));
    }
}
