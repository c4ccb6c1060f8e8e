namespace Orchestration.Protocol.Validation;

/// <summary>One way in which a document breaks the protocol.</summary>
/// <param name="Pointer">JSON pointer (RFC 6901) to the offending value, or to where the missing one belongs; empty for the document.</param>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">What was expected and what was found.</param>
public sealed record Violation(string Pointer, string Code, string Message)
{
    /// <summary>That a member is none that this version knows, where such are not kept.</summary>
    public static Violation OfUnknown(string pointer) => new(pointer, ErrorCodes.UnknownField, "Expected no member of this name.");

    /// <summary>All violations of a document, of which there is at least one, in a sentence.</summary>
    public static string Summarize(IReadOnlyList<Violation> violations) => violations.Count == 1
        ? $"{violations[0].Pointer}: {violations[0].Message}".TrimStart(':', ' ')
        : $"The document has {violations.Count} errors; the first, at {violations[0].Pointer}: {violations[0].Message}";
}
