using System.Reflection;

namespace Orchestration.EmbeddedRuntime.Tests.Rules;

public class RuleTableTests
{
    [Fact]
    public void Every_rule_has_clauses_and_every_clause_has_a_test()
    {
        Assert.Equal(Enumerable.Range(1, 21).Select(number => $"{number}."), RuleTable.Rules.Take(21).Select(rule => rule.Split(' ')[0]));
        Assert.Equal(Enumerable.Range(1, 12).Select(number => $"T{number}."), RuleTable.Rules.Skip(21).Take(12).Select(rule => rule.Split(' ')[0]));
        Assert.Equal(Enumerable.Range(1, 9).Select(number => $"P{number}."), RuleTable.Rules.Skip(33).Select(rule => rule.Split(' ')[0]));
        Assert.Empty(RuleTable.Rules.Except(RuleTable.Clauses.Select(clause => clause.Rule)));
        Assert.Empty(RuleTable.Clauses.Where(clause => clause.Tests.Count == 0).Select(clause => $"{clause.Rule}: {clause.Text}"));
    }

    [Fact]
    public void Every_test_that_a_rule_names_exists()
    {
        HashSet<string> tests =
        [
            .. typeof(RuleTableTests).Assembly.GetTypes()
                .SelectMany(type => type.GetMethods())
                .Where(method => method.GetCustomAttribute<FactAttribute>() is not null)
                .Select(method => $"{method.DeclaringType?.Name}.{method.Name}"),
        ];

        Assert.Empty(RuleTable.Clauses.SelectMany(clause => clause.Tests).Except(tests));
    }
}
