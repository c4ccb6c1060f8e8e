namespace Orchestration.ProgrammingModelList;

/// <summary>A type or member of the programming model.</summary>
/// <param name="Namespace">Of the type.</param>
/// <param name="Type">The type's name, with its type parameters.</param>
/// <param name="Signature">The declaration of the member or, for the type itself, its kind and base types.</param>
internal sealed record ModelEntry(string Namespace, string Type, string Signature);
