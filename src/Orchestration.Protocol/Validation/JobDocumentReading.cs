using Orchestration.Protocol.Documents;

namespace Orchestration.Protocol.Validation;

/// <summary>What came of reading a job document.</summary>
/// <param name="Document">The document; null where it was refused.</param>
/// <param name="JobId">The job id, also of refused documents, where it at least is in order.</param>
/// <param name="Violations">Everything that is wrong with it.</param>
public sealed record JobDocumentReading(JobDocument? Document, string? JobId, IReadOnlyList<Violation> Violations)
{
    /// <summary>The operation of a document whose envelope is in order and whose payload is not.</summary>
    public string? Operation { get; init; }

    /// <summary>Members of the envelope that this version does not know, as JSON pointers: kept, and without effect.</summary>
    public IReadOnlyList<string> UnknownMembers => Document is null ? [] : [.. FindUnknown(Document)];

    internal static JobDocumentReading Refused(Violation violation) => new(null, null, [violation]);

    private static IEnumerable<string> FindUnknown(JobDocument document)
    {
        (string Pointer, ExtensibleRecord? Part)[] parts =
        [
            ("", document),
            ("/payload", document.Payload),
            ("/metadata", document.Metadata),
            ("/execution", document.Execution),
            ("/constraints", document.Constraints),
            ("/routing", document.Routing),
            ("/observability", document.Observability),
            ("/audit", document.Audit),
            ("/audit/authorization", document.Audit?.Authorization),
            ("/notifications", document.Notifications),
            .. (document.Notifications?.Webhooks ?? []).Select((webhook, index) => ($"/notifications/webhooks/{index}", (ExtensibleRecord?)webhook)),
        ];
        return parts.SelectMany(part => part.Part?.FindUnknown(part.Pointer) ?? []);
    }
}
