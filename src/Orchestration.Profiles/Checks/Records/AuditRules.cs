using Orchestration.Inspection;

namespace Orchestration.Profiles.Checks.Records;

/// <summary>
/// The rules that augenrules(8) would load: every file of <c>rules.d</c> in order of names, or <c>audit.rules</c> where there is none
/// (auditctl(8) has the syntax).
/// </summary>
internal sealed class AuditRules
{
    private const string Parts = "/etc/audit/rules.d/*.rules";

    private const string Whole = "/etc/audit/audit.rules";

    private AuditRules(IReadOnlyList<GuestLine> lines) => Lines = lines;

    /// <summary>Paths that are read.</summary>
    public static IReadOnlyList<string> Paths { get; } = [Parts, Whole];

    public IReadOnlyList<GuestLine> Lines { get; }

    /// <exception cref="InspectionException">A file may be there and cannot be read.</exception>
    public static AuditRules Read(Guest guest) =>
        new([.. guest.Files.Glob(Parts).Count > 0 ? GuestText.Lines(guest, Parts) : GuestText.Lines(guest, Whole)]);

    /// <summary>The rule that watches changes of the path; null where none does.</summary>
    public GuestLine? FindWatch(string path) => Find(line =>
    {
        var words = line.Words;
        var watched = words is ["-w", var first, ..] ? first : words.FirstOrDefault(word => word.StartsWith("path=", StringComparison.Ordinal) || word.StartsWith("dir=", StringComparison.Ordinal))?.Split('=')[1];
        var access = words.SkipWhile(word => word != "-p").ElementAtOrDefault(1) ?? words.FirstOrDefault(word => word.StartsWith("perm=", StringComparison.Ordinal))?[5..];
        return watched?.TrimEnd('/') == path && (access is null || access.Contains('w', StringComparison.Ordinal) || access.Contains('x', StringComparison.Ordinal));
    });

    /// <summary>A rule for the system call on one word size that has all the fields; null where none is.</summary>
    public GuestLine? FindCall(string name, string architecture, params IReadOnlyList<string> fields) => Find(line =>
        line.Words is ["-a", "always,exit" or "exit,always", ..]
        && line.Words.Contains($"arch={architecture}")
        && line.Words.Zip(line.Words.Skip(1)).Any(pair => pair.First == "-S" && pair.Second.Split(',').Contains(name, StringComparer.Ordinal))
        && fields.All(field => line.Words.Contains(field) || line.Words.Contains(Reverse(field))));

    /// <summary>auditctl takes a comparison of two fields either way round.</summary>
    private static string Reverse(string field) => field.Split("!=") is [var left, var right] ? $"{right}!={left}" : field;

    private GuestLine? Find(Func<GuestLine, bool> matches) => Lines.Where(matches).Select(line => (GuestLine?)line).FirstOrDefault();
}
