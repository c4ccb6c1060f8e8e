using Xunit;

namespace Orchestration.TestSupport;

/// <summary>A fact that needs programs of the system; where one is missing it is reported as skipped, with the program's name.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresToolFactAttribute(params string[] tools) : FactAttribute
{
    public string[] Tools => tools;

    public override string? Skip => Tool.DescribeMissing(tools);
}

/// <summary>A theory that needs programs of the system.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresToolTheoryAttribute(params string[] tools) : TheoryAttribute
{
    public string[] Tools => tools;

    public override string? Skip => Tool.DescribeMissing(tools);
}
