namespace Orchestration.Inspection;

/// <summary>Something odd in one guest file that did not prevent learning the rest.</summary>
/// <param name="File">The guest path.</param>
/// <param name="Message">What was expected and what was found.</param>
/// <param name="Unreadable">The file, or a part of it, could not be read at all: what it says is unknown.</param>
public sealed record FactWarning(string File, string Message, bool Unreadable);

/// <summary>What is known of one subject. Computing it never fails for what a guest contains: oddities become warnings.</summary>
public abstract record FactSet
{
    public IReadOnlyList<FactWarning> Warnings { get; init; } = [];
}
