using Orchestration.EmbeddedRuntime.Engine.History;

namespace Orchestration.EmbeddedRuntime.Engine.Rewinding;

/// <summary>A failed instance as it is to go on.</summary>
/// <param name="Key">Its key.</param>
/// <param name="InstanceId">Its id.</param>
/// <param name="Started">Its execution.</param>
/// <param name="Turns">Its history without its failure.</param>
/// <param name="Redelivered">Answers and events that came after the place it goes back to, oldest first.</param>
internal sealed record RewoundInstance(
    long Key,
    string InstanceId,
    ExecutionStarted Started,
    IReadOnlyList<IReadOnlyList<HistoryEvent>> Turns,
    IReadOnlyList<HistoryEvent> Redelivered)
{
    /// <summary>What is to be done again: it has no answer in the history, nor among what is redelivered.</summary>
    public IReadOnlyList<ActionEvent> Open { get; } = OpenWork.Of([.. Turns.SelectMany(turn => turn), .. Redelivered]);
}
