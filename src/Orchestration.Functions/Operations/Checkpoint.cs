using System.Text.Json;

namespace Orchestration.Functions.Operations;

/// <summary>What a step left.</summary>
/// <param name="InputHash">Hash of what the step worked from; a checkpoint of another input does not count.</param>
/// <param name="Metrics">What the step cost.</param>
/// <param name="Output">What the step found.</param>
public sealed record Checkpoint(string InputHash, StepMetrics Metrics, JsonElement Output);

/// <param name="Seconds">Time that the step took.</param>
/// <param name="DiskReadBytes">Bytes fetched from the image; null for steps that read none.</param>
/// <param name="Requests">Requests sent to fetch them.</param>
/// <param name="Waves">Round trips that had to wait for an earlier one.</param>
/// <param name="ImageSizeBytes">Size of the stored image.</param>
/// <param name="CpuSeconds">Processor time; null for light steps, which are not measured.</param>
/// <param name="PeakMemoryMb">Most memory that the process was seen to use meanwhile, in MiB.</param>
public sealed record StepMetrics(
    double Seconds,
    long? DiskReadBytes = null,
    long? Requests = null,
    long? Waves = null,
    long? ImageSizeBytes = null,
    double? CpuSeconds = null,
    double? PeakMemoryMb = null);
