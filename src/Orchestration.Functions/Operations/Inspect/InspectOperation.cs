using System.Text.Json;
using Orchestration.Functions.Images;
using Orchestration.Functions.Operations.Guests;
using Orchestration.Protocol;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Operations.Inspect;

/// <summary><c>guestkit.inspect</c> and <c>hyper2kvm.inspect</c>: what is in a disk image, and, where asked, how it does by some profiles.</summary>
public sealed class InspectOperation(
    GuestSteps steps, ReportArtifacts writer, ImageLocator locator, string name = InspectOperation.OperationName) : IOperation
{
    public const string OperationName = "guestkit.inspect";

    /// <summary>The name that it has in hyper2kvm documents, whose image is found in the same place.</summary>
    public const string Hyper2KvmName = "hyper2kvm.inspect";

    public string Name => name;

    private bool TellsRisks => name == Hyper2KvmName;

    public void Validate(JsonElement data, string pointer, ICollection<Violation> violations)
    {
        if (GuestPayloadRules.Open(data, pointer, violations) is not { } payload)
        {
            return;
        }

        GuestPayloadRules.CheckImage(payload, locator);
        OutputOptions.Check(payload.Object("output"));
        if (TellsRisks)
        {
            payload.Object("parameters")?.OneOf("fail_on", GuestPayloadRules.Severities);
        }

        if (payload.Object("options") is not { } options)
        {
            return;
        }

        foreach (var name in (string[])["include_packages", "include_services", "include_users", "include_network", "include_security", "include_storage", "include_databases"])
        {
            options.Boolean(name);
        }

        GuestPayloadRules.CheckProfiles(options, required: false, GuestSteps.Vulnerabilities);
        GuestPayloadRules.CheckProfileOptions(options);
    }

    public JobPlan Plan(JsonElement data)
    {
        var payload = StepContext.ReadData<InspectPayload>(data);
        return GuestSteps.Plan(
            payload.Image, FactStepsOf(payload.Options).Concat(ReportArtifacts.StepsFor(payload.Options.Reports)), payload.Options.Profiles, payload.Options.DeepScan);
    }

    public async Task<StepOutput> RunStepAsync(StepContext context, CancellationToken cancellationToken)
    {
        var payload = context.ReadData<InspectPayload>();
        try
        {
            return await steps.RunAsync(context, payload.Image, payload.Options, cancellationToken);
        }
        catch (JobException exception) when (TellsRisks && exception.Code == ErrorCodes.ImageNotFound)
        {
            throw InputRisks.Describe(exception);
        }
    }

    public async Task<OperationResult> AssembleAsync(StepContext context, CancellationToken cancellationToken)
    {
        var payload = context.ReadData<InspectPayload>();
        var inspection = await InspectionDocument.AssembleAsync(context, payload.Image, FactStepsOf(payload.Options), payload.Options.DeepScan, cancellationToken);
        var profiles = await ProfileReports.ReadAsync(context, payload.Options.Profiles, cancellationToken);
        return new OperationResult(
            inspection.Summarize(profiles, TellsRisks),
            [
                Artifact.Json("inspection.json", inspection.Content),
                .. profiles.Artifacts,
                .. await writer.WriteAsync(context, payload.Image, payload.Options, profiles, cancellationToken),
            ],
            profiles.FindPolicyFailure(payload.Options) ?? (TellsRisks ? InputRisks.FindPolicyFailure(inspection.Risks, payload.Parameters.FailOn) : null));
    }

    private static IEnumerable<string> FactStepsOf(InspectOptions options)
    {
        (string Step, bool Wanted)[] all =
        [
            (GuestSteps.OperatingSystem, true),
            (GuestSteps.Packages, options.IncludePackages),
            (GuestSteps.Services, options.IncludeServices),
            (GuestSteps.Users, options.IncludeUsers),
            (GuestSteps.Network, options.IncludeNetwork),
            (GuestSteps.Security, options.IncludeSecurity),
            (GuestSteps.Storage, options.IncludeStorage),
            (GuestSteps.Databases, options.IncludeDatabases),
        ];
        return all.Where(step => step.Wanted).Select(step => step.Step);
    }
}
