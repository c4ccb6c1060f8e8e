using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.Functions.Images;
using Orchestration.Functions.Operations.Guests;
using Orchestration.Profiles.Comparison;
using Orchestration.Protocol;
using Orchestration.Protocol.States;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Operations.Compare;

/// <summary>
/// <c>guestkit.compare</c>: how a guest differs from another, or from what it was: packages, those of languages too, configuration, files and verdicts of checks.
/// Either side is an image or the result of an earlier job.
/// </summary>
public sealed class CompareOperation(SnapshotTaker snapshots, ImageLocator locator) : IOperation
{
    private const string Baseline = "baseline";
    private const string Target = "target";

    public string Name => "guestkit.compare";

    public void Validate(JsonElement data, string pointer, ICollection<Violation> violations)
    {
        if (GuestPayloadRules.Open(data, pointer, violations) is not { } payload)
        {
            return;
        }

        foreach (var side in (string[])[Baseline, Target])
        {
            if (payload.Object(side, required: true) is { } guest)
            {
                GuestPayloadRules.CheckComparedGuest(guest, locator);
            }
        }

        OutputOptions.Check(payload.Object("output"));
        if (payload.Object("options") is { } options)
        {
            foreach (var name in (string[])["compare_packages", "compare_config", "compare_files", "ignore_timestamps", "deep_scan"])
            {
                options.Boolean(name);
            }

            GuestPayloadRules.CheckGuestPaths(options, "files");
            GuestPayloadRules.CheckProfiles(options, required: false);
        }
    }

    public JobPlan Plan(JsonElement data) =>
        new([new JobStage([new JobStep(Baseline, Phases.DiskInspection), new JobStep(Target, Phases.DiskInspection)])]);

    public Task<StepOutput> RunStepAsync(StepContext context, CancellationToken cancellationToken)
    {
        var payload = context.ReadData<ComparePayload>();
        return snapshots.TakeAsync(context, context.Step == Baseline ? payload.Baseline : payload.Target, payload.Options, cancellationToken);
    }

    public async Task<OperationResult> AssembleAsync(StepContext context, CancellationToken cancellationToken)
    {
        var target = await context.ReadOutputAsync(Target, cancellationToken);
        var comparison = GuestComparer.Compare(
            Read(await context.ReadOutputAsync(Baseline, cancellationToken)), Read(target), context.ReadData<ComparePayload>().Options.IgnoreTimestamps);
        var data = new JsonObject
        {
            ["identical"] = comparison.Identical,
            ["packages"] = comparison.Packages?.Count,
            ["language_packages"] = comparison.LanguagePackages?.Count,
            ["configuration"] = comparison.Configuration?.Count,
            ["files"] = comparison.Files?.Count,
            ["findings"] = comparison.Findings?.Count,
            ["broken_checks"] = comparison.Findings?.Count(change => change.Kind == "broken"),
            ["notes"] = new JsonArray([.. comparison.Notes.Take(20).Select(note => (JsonNode)note)]),
        };
        return new OperationResult(
            JsonSerializer.SerializeToElement(data, ProtocolJson.Options),
            [Artifact.Json("comparison.json", JsonSerializer.SerializeToElement(comparison, ProtocolJson.Options)), Artifact.Json(SnapshotTaker.FileName, target)]);
    }

    private static GuestSnapshot Read(JsonElement output) =>
        output.Deserialize<GuestSnapshot>(ProtocolJson.Options) ?? throw new InvalidOperationException("A snapshot is empty.");
}
