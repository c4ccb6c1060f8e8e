using Orchestration.Profiles;

namespace Orchestration.Functions.Operations.Guests;

/// <summary>What a job says of how its profiles are evaluated: a part of the options of every operation that has profiles.</summary>
public record ProfileChoices
{
    /// <summary>Failed checks below it are counted but not listed.</summary>
    public Severity SeverityThreshold { get; init; } = Severity.Info;

    /// <summary>A failed check of severity critical fails the job; its reports are complete all the same.</summary>
    public bool FailOnCritical { get; init; }

    public bool IncludeRemediation { get; init; } = true;

    /// <summary>Name of a file of waivers in the container <c>policies</c>; null for none.</summary>
    public string? Waivers { get; init; }

    /// <summary>Look at all files for packages of languages, and compare those with advisories too.</summary>
    public bool DeepScan { get; init; }

    /// <summary>Formats in which all findings are written beside the job's own files; one named twice is written once.</summary>
    public IReadOnlyList<string> Reports { get; init; } = [];
}
