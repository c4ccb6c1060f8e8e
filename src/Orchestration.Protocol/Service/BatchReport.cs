using Orchestration.Protocol.Validation;

namespace Orchestration.Protocol.Service;

/// <summary>What came of a batch.</summary>
/// <param name="Accepted">Documents whose jobs run, or will.</param>
/// <param name="Deduplicated">Documents for which an equal job stood already.</param>
/// <param name="Refused">Documents that were not accepted.</param>
/// <param name="Items">What came of each, in their order.</param>
public sealed record BatchReport(int Accepted, int Deduplicated, int Refused, IReadOnlyList<BatchAnswer> Items)
{
    public static BatchReport For(IReadOnlyList<BatchAnswer> items) => new(
        items.Count(item => item.Status == "accepted"),
        items.Count(item => item.Status == "deduplicated"),
        items.Count(item => item.Status == "refused"),
        items);
}

/// <summary>What came of one document of a batch.</summary>
/// <param name="Index">Its place in the batch, from 0.</param>
/// <param name="Status"><c>accepted</c>, <c>deduplicated</c> or <c>refused</c>.</param>
public sealed record BatchAnswer(int Index, string Status)
{
    public string? JobId { get; init; }

    /// <summary>Why it was refused: one of <see cref="ErrorCodes"/>.</summary>
    public string? Code { get; init; }

    public string? Message { get; init; }

    /// <summary>What is wrong with it; at most the first ten.</summary>
    public IReadOnlyList<Violation>? Violations { get; init; }
}
