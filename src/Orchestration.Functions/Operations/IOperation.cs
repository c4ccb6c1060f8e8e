using System.Text.Json;
using Orchestration.Functions.Storage;
using Orchestration.Protocol;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Operations;

/// <summary>
/// Something that jobs can ask for. An operation checks its payload, plans steps, runs one step and assembles the result; when its
/// steps run, on which machine and how often is decided by the orchestration. Safe for concurrent use.
/// </summary>
public interface IOperation
{
    /// <summary>Dotted name, such as <c>guestkit.inspect</c>.</summary>
    string Name { get; }

    /// <summary>Notes everything that is wrong with the payload's data.</summary>
    /// <param name="data">As submitted.</param>
    /// <param name="pointer">Where it stands in the document.</param>
    /// <param name="violations">Receives what is found.</param>
    void Validate(JsonElement data, string pointer, ICollection<Violation> violations);

    /// <summary>The steps of a job whose payload has passed <see cref="Validate"/>.</summary>
    JobPlan Plan(JsonElement data);

    /// <summary>Runs one step. The output becomes its checkpoint.</summary>
    /// <exception cref="JobException">The job cannot succeed.</exception>
    Task<StepOutput> RunStepAsync(StepContext context, CancellationToken cancellationToken);

    /// <summary>Makes the result from the outputs of all steps.</summary>
    Task<OperationResult> AssembleAsync(StepContext context, CancellationToken cancellationToken);
}

/// <summary>What a step works from.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="Step">The step's id in the plan; empty for the assembly of the result.</param>
/// <param name="Data">The payload's data.</param>
/// <param name="Checkpoints">The outputs of earlier steps.</param>
public sealed record StepContext(string JobId, int Attempt, string Step, JsonElement Data, CheckpointStore Checkpoints)
{
    /// <summary>Outputs of light steps, which have no checkpoint.</summary>
    public IReadOnlyDictionary<string, Checkpoint>? Carried { get; init; }

    /// <summary>Largest virtual disk that the job allows, in bytes; null for no limit.</summary>
    public long? MaximumDiskBytes { get; init; }

    /// <summary>Says how far the step is, for those who follow the job's events; may be called often and from any thread.</summary>
    public Action<string> Report { get; init; } = _ => { };

    /// <summary>The payload's data as a type.</summary>
    public T ReadData<T>() => ReadData<T>(Data);

    /// <summary>A payload's data, which has passed validation, as a type.</summary>
    public static T ReadData<T>(JsonElement data) => ProtocolJson.Read<T>(data)
        ?? throw new JobException(ErrorCodes.PayloadInvalid, "Expected payload data, found null.");

    /// <summary>The output of a step that has run.</summary>
    public async Task<JsonElement> ReadOutputAsync(string step, CancellationToken cancellationToken) =>
        await FindAsync(step, cancellationToken) is { } checkpoint
            ? checkpoint.Output
            : throw new InvalidOperationException($"Step '{step}' of job {JobId}, attempt {Attempt}, has no checkpoint.");

    /// <summary>What a step left; null where it has not run.</summary>
    public async Task<Checkpoint?> FindAsync(string step, CancellationToken cancellationToken) =>
        Carried?.GetValueOrDefault(step) ?? await Checkpoints.FindAsync(JobId, Attempt, step, cancellationToken);
}

/// <param name="Output">What the step found.</param>
/// <param name="Cost">What it cost to read the image, for steps that do.</param>
public sealed record StepOutput(JsonElement Output, ImageCost? Cost = null);

/// <param name="ReadBytes">Bytes fetched from the image.</param>
/// <param name="Requests">Requests sent to fetch them.</param>
/// <param name="Waves">Round trips that had to wait for an earlier one.</param>
/// <param name="ImageSizeBytes">Size of the stored image.</param>
public sealed record ImageCost(long ReadBytes, long Requests, long Waves, long ImageSizeBytes);

/// <param name="Data">The outcome in short.</param>
/// <param name="Artifacts">The outcome in full, by file name; the first is the primary output.</param>
/// <param name="Error">Why the job failed although its results are complete, such as a policy that was not met.</param>
public sealed record OperationResult(JsonElement Data, IReadOnlyList<Artifact> Artifacts, JobError? Error = null);

/// <param name="Name">File name under the job's results.</param>
/// <param name="Content">What it says.</param>
/// <param name="MediaType">What kind of text it is.</param>
public sealed record Artifact(string Name, BinaryData Content, string MediaType)
{
    /// <summary>A file of indented JSON.</summary>
    public static Artifact Json(string name, JsonElement content) =>
        new(name, BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(content, ProtocolJson.Indented)), "application/json");
}
