using System.Text.Json;
using Orchestration.Functions.Images;
using Orchestration.Profiles;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Operations.Inspect;

/// <summary>
/// What may go wrong with an image as it was handed over, by the codes of hyper2kvm: specification section 2.8. What may go wrong with the guest in
/// it is what the profile <c>migration</c> tells.
/// </summary>
public static class InputRisks
{
    /// <summary>Where results and errors list them.</summary>
    public const string MemberName = "risks";

    public const string ArchiveInput = "ARCHIVE_INPUT";
    public const string VmdkExtentMissing = "VMDK_EXTENT_MISSING";

    /// <summary>The risks of an image that could be opened.</summary>
    /// <param name="format">Its format.</param>
    public static IReadOnlyList<InputRisk> Of(string format) => format == "ova"
        ? [new InputRisk(ArchiveInput, Severity.Medium, "The disk lies in an archive: it must be unpacked before a machine can start from it.")]
        : [];

    /// <summary>Why a job fails for the risks of its image; null where none is as severe as the document says.</summary>
    public static JobError? FindPolicyFailure(IReadOnlyList<InputRisk> risks, Severity? failOn)
    {
        var severe = risks.Where(risk => risk.Severity >= failOn).ToList();
        return severe.Count == 0 ? null : JobError.Create(
            ErrorCodes.PolicyFailed,
            $"The image has risks that the document does not accept: {string.Join(", ", severe.Select(risk => risk.Code))}.",
            Phases.ResultGeneration,
            new Dictionary<string, JsonElement> { [MemberName] = JsonSerializer.SerializeToElement(severe, ProtocolJson.Options) });
    }

    /// <summary>The failure with its risk, where the reason is that a part of a VMware disk is missing; else as it was.</summary>
    public static JobException Describe(JobException failure)
    {
        if (failure.Details is not { } details
            || !details.TryGetValue(BackingFiles.MissingFile, out var file)
            || file.GetString()?.EndsWith(".vmdk", StringComparison.OrdinalIgnoreCase) is not true)
        {
            return failure;
        }

        InputRisk[] risks = [new(VmdkExtentMissing, Severity.High, $"'{file.GetString()}', a part of the disk, is not there.")];
        return new JobException(failure.Code, failure.Message, failure)
        {
            Details = new Dictionary<string, JsonElement>(details, StringComparer.Ordinal) { [MemberName] = JsonSerializer.SerializeToElement(risks, ProtocolJson.Options) },
        };
    }
}

/// <param name="Code">One of <see cref="InputRisks"/>.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Message">For people.</param>
public sealed record InputRisk(string Code, Severity Severity, string Message);
