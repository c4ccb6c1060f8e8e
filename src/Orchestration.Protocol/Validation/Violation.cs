namespace Orchestration.Protocol.Validation;

/// <summary>One way in which a document breaks the protocol.</summary>
/// <param name="Pointer">JSON pointer (RFC 6901) to the offending value, or to where the missing one belongs; empty for the document.</param>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">What was expected and what was found.</param>
public sealed record Violation(string Pointer, string Code, string Message);
