using Orchestration.Inspection;

namespace Orchestration.Profiles;

/// <summary>One question about a guest.</summary>
/// <param name="Id">Stable, as <c>GK-SSH-001</c>: reports of different times are compared by it.</param>
/// <param name="Title">What should hold, as a statement.</param>
/// <param name="Severity">How bad it is where it does not.</param>
/// <param name="Profiles">The profiles that ask it, by name.</param>
/// <param name="Evaluate">
/// The answer on a day. May throw <see cref="InspectionException"/> for a file that cannot be read; <see cref="Judge"/> makes that not assessable.
/// </param>
public sealed record Check(string Id, string Title, Severity Severity, IReadOnlyList<string> Profiles, Func<Guest, DateOnly, Judgement> Evaluate)
{
    /// <summary>A check whose answer does not change with the day.</summary>
    public Check(string id, string title, Severity severity, IReadOnlyList<string> profiles, Func<Guest, Judgement> evaluate)
        : this(id, title, severity, profiles, (guest, _) => evaluate(guest))
    {
    }

    /// <summary>A hostile guest must not make a report of a million lines.</summary>
    private const int MaximumEvidence = 100;

    /// <summary>Places in published benchmarks; empty where none asks exactly this.</summary>
    public IReadOnlyList<Reference> References { get; init; } = [];

    /// <summary>What to do where it fails.</summary>
    public required string Remediation { get; init; }

    /// <summary>The facts that the answer rests on: where a file of theirs could not be read, it is not assessable.</summary>
    public Func<Guest, IEnumerable<FactSet>> RestsOn { get; init; } = _ => [];

    /// <summary>Beginnings of the paths that matter among those facts' files; empty for all of them.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Paths and patterns that it reads beside its facts' own: they are fetched together with those of all other checks.</summary>
    public IReadOnlyList<string> Reads { get; init; } = [];

    /// <summary>The systems that it is about: of others it is not asked.</summary>
    public GuestSystems Systems { get; init; } = GuestSystems.Unix;

    /// <summary>Which guests the question makes sense for, in words; <see cref="Exempts"/> decides.</summary>
    public string AppliesTo { get; init; } = "every Linux guest";

    /// <summary>Why the question makes no sense for a guest; null where it does.</summary>
    public Func<Guest, string?> Exempts { get; init; } = _ => null;

    /// <summary>The answer for a guest, never a failure: what cannot be read is not assessable.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="today">The day for which it is judged: certificates and releases expire.</param>
    public Judgement Judge(Guest guest, DateOnly today)
    {
        try
        {
            if (!Systems.HasFlag(guest.Registry is null ? GuestSystems.Unix : GuestSystems.Windows))
            {
                return Judgement.NotApplicable(guest.Registry is null ? "the guest is no Windows" : "the guest is a Windows");
            }

            if (RestsOn(guest).SelectMany(facts => facts.Warnings).FirstOrDefault(warning => warning.Unreadable && Matters(warning.File)) is { } unreadable)
            {
                return Judgement.NotAssessable(unreadable.Message);
            }

            return Exempts(guest) is { } reason ? Judgement.NotApplicable(reason) : Limit(Evaluate(guest, today));
        }
        catch (InspectionException exception)
        {
            return Judgement.NotAssessable(exception.Message);
        }
    }

    private static Judgement Limit(Judgement judgement) => judgement.Evidence.Count <= MaximumEvidence
        ? judgement
        : judgement with
        {
            Evidence = [.. judgement.Evidence.Take(MaximumEvidence), new Evidence(null, null, $"{judgement.Evidence.Count - MaximumEvidence} more", "as above")],
        };

    private bool Matters(string file) => Files.Count == 0 || Files.Any(beginning => file.StartsWith(beginning, StringComparison.Ordinal));
}

/// <summary>Kinds of systems that a check can be about.</summary>
[Flags]
public enum GuestSystems
{
    None = 0,

    /// <summary>Linux, and what is like it.</summary>
    Unix = 1,

    Windows = 2,

    /// <summary>Whatever is on the disk.</summary>
    Any = Unix | Windows,
}
