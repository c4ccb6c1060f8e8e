using System.Text.Json;
using Orchestration.Protocol;
using Orchestration.Protocol.States;

namespace Orchestration.Functions.Orchestrators;

/// <summary>
/// Keeps a job's status within what an orchestration's custom status may hold: Durable Functions fails an orchestration that publishes
/// more than 16 KB of UTF-16.
/// </summary>
public static class StatusLimit
{
    /// <summary>Characters that a status may have as JSON.</summary>
    public const int MaximumCharacters = 8 * 1024;

    private const int LongestMessage = 500;

    /// <summary>
    /// The status itself where it fits. Else messages are cut, and the oldest changes of state but the first give way to one that says so.
    /// </summary>
    public static JobStatus Fit(JobStatus status)
    {
        if (Fits(status))
        {
            return status;
        }

        status = status with
        {
            Message = Cut(status.Message),
            Error = status.Error is { } error ? error with { Message = Cut(error.Message) ?? "", Details = null } : null,
            AuditTrail = [.. status.AuditTrail.Select(change => change with { Reason = Cut(change.Reason) })],
        };
        while (!Fits(status) && status.AuditTrail.Count > 3)
        {
            var trail = status.AuditTrail;
            var gap = 1 + (trail.Count / 4);
            status = status with
            {
                AuditTrail = [trail[0], trail[gap] with { Reason = "Earlier changes are left out." }, .. trail.Skip(gap + 1)],
            };
        }

        return status;
    }

    private const int MostCharactersOfASimpleChange = 120;
    private const int MostCharactersOfTheRest = 1000;

    // Most are so short that no writing is needed to see it. Others are measured as hosts write them, which escape what the protocol leaves readable.
    private static bool Fits(JobStatus status) => IsClearlyShort(status) ||
        JsonSerializer.Serialize(JsonSerializer.SerializeToElement(status, ProtocolJson.Options)).Length <= MaximumCharacters;

    private static bool IsClearlyShort(JobStatus status) =>
        status is { Error: null, Message: null or { Length: < 100 }, Waiting: null, AuditTrail.Count: < 20 }
        && status.AuditTrail.All(change => change.Reason is null)
        && (status.AuditTrail.Count * MostCharactersOfASimpleChange) + MostCharactersOfTheRest < MaximumCharacters;

    private static string? Cut(string? text) => text?.Length > LongestMessage ? text[..LongestMessage] : text;
}
