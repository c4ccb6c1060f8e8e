using System.Text.Json;
using Orchestration.Protocol;
using Orchestration.Protocol.States;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Operations.Echo;

/// <summary>
/// <c>system.echo</c>: gives back what it is given, by the way that every job goes. <c>delay_ms</c> and <c>fail</c> let users try what
/// slow and failing jobs look like.
/// </summary>
public sealed class EchoOperation : IOperation
{
    private const string StepId = "echo";
    private const int MaximumDelayMilliseconds = 10_000;

    public string Name => "system.echo";

    public void Validate(JsonElement data, string pointer, ICollection<Violation> violations)
    {
        if (data.ValueKind == JsonValueKind.Object)
        {
            var reader = new ValueReader(data, pointer, violations, ErrorCodes.PayloadInvalid);
            reader.Integer("delay_ms", 0, MaximumDelayMilliseconds);
            reader.Boolean("fail");
        }
    }

    public JobPlan Plan(JsonElement data)
    {
        var waits = data.ValueKind == JsonValueKind.Object && data.TryGetProperty("delay_ms", out _);
        return new JobPlan([new JobStage([new JobStep(StepId, Phases.Execution, Light: !waits)])]);
    }

    public async Task<StepOutput> RunStepAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Data.ValueKind == JsonValueKind.Object)
        {
            if (context.Data.TryGetProperty("delay_ms", out var delay) && delay.TryGetInt32(out var milliseconds))
            {
                await Task.Delay(milliseconds, cancellationToken);
            }

            if (context.Data.TryGetProperty("fail", out var fail) && fail.ValueKind == JsonValueKind.True)
            {
                throw new JobException(ErrorCodes.ExecutionError, "The document asked for a failure.");
            }
        }

        return new StepOutput(context.Data);
    }

    public async Task<OperationResult> AssembleAsync(StepContext context, CancellationToken cancellationToken)
    {
        var echo = await context.ReadOutputAsync(StepId, cancellationToken);
        return new OperationResult(JsonSerializer.SerializeToElement(new { echo }, ProtocolJson.Options), []);
    }
}
