using Microsoft.DurableTask.Client;

namespace Orchestration.EmbeddedRuntime.Tests.Surface;

/// <summary>The runtime beside the declarations of the Microsoft packages, member by member.</summary>
public class PublicSurfaceTests
{
    private static readonly IReadOnlySet<Declaration> Found = PublicSurface.Of(typeof(DurableTaskClient).Assembly).ToHashSet();

    [Fact]
    public void Every_declaration_of_the_packages_is_here_or_is_named_as_left_out()
    {
        IEnumerable<Declaration> missing = PackageList.Expected.Except(Found).Where(one => !IsIn(PackageList.LeftOut, one));

        AssertNone(missing);
    }

    [Fact]
    public void Every_public_declaration_in_the_packages_namespaces_is_theirs_or_is_named_as_added()
    {
        IEnumerable<Declaration> surplus = Found
            .Where(one => !one.Type.StartsWith("Orchestration.", StringComparison.Ordinal))
            .Except(PackageList.Expected)
            .Where(one => !IsIn(PackageList.Added, one));

        AssertNone(surplus);
    }

    [Fact]
    public void Nothing_is_named_as_left_out_that_is_here()
    {
        Declaration[] missing = [.. PackageList.Expected.Except(Found)];

        Assert.All(PackageList.LeftOut, line => Assert.Contains(missing, one => PackageList.Names(line, one)));
    }

    private static void AssertNone(IEnumerable<Declaration> declarations)
    {
        string[] lines = [.. declarations.Select(one => $"{one.Type} :: {one.Text}").Order()];
        Assert.True(lines.Length == 0, string.Join(Environment.NewLine, lines));
    }

    private static bool IsIn(IEnumerable<string> lines, Declaration declaration) => lines.Any(line => PackageList.Names(line, declaration));
}
