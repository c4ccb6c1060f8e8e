namespace Orchestration.DiskImages.Tests.Pitfalls;

/// <summary>Something that readers of a format are known to get wrong, and the tests that show that this one does not.</summary>
/// <param name="Format">The format.</param>
/// <param name="What">What is right.</param>
/// <param name="Tests">At least one, each as class and method.</param>
public sealed record Pitfall(string Format, string What, params (Type Class, string Method)[] Tests);

/// <summary>Says a test by its class and name.</summary>
internal static class In<TTests>
{
    public static (Type Class, string Method) Test(string method) => (typeof(TTests), method);
}
