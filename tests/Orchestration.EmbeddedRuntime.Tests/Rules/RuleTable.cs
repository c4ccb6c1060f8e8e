namespace Orchestration.EmbeddedRuntime.Tests.Rules;

/// <summary>Something that an engine must do, and the tests that show that this one does.</summary>
internal sealed record Clause(string Rule, string Text, IReadOnlyList<string> Tests);

/// <summary>The list beside the tests: a rule at the margin, below it its clauses, below each of these the tests, as Class.Method.</summary>
internal static class RuleTable
{
    private static readonly string Path = System.IO.Path.Combine(AppContext.BaseDirectory, "Rules", "rules.txt");

    public static IReadOnlyList<string> Rules { get; } = [.. Lines(0).Select(line => line.Text)];

    public static IReadOnlyList<Clause> Clauses { get; } =
    [
        .. Lines(4).Select(clause => new Clause(
            Lines(0).Last(rule => rule.Number < clause.Number).Text,
            clause.Text,
            [.. Lines(8).Where(test => test.Number > clause.Number && !Lines(4).Any(next => next.Number > clause.Number && next.Number < test.Number))
                .Select(test => test.Text)])),
    ];

    private static IEnumerable<(int Number, string Text)> Lines(int indent) => File.ReadLines(Path)
        .Select((line, number) => (Number: number, Line: line))
        .Where(line => line.Line.Length > 0 && line.Line[0] != '#' && line.Line.Length - line.Line.TrimStart().Length == indent)
        .Select(line => (line.Number, line.Line.Trim()));
}
