using Xunit;

namespace Orchestration.TestSupport;

/// <summary>A fact about <see cref="DebianRoot"/>; where it cannot be made, or a program of the system is missing, the test is skipped with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresDebianRootFactAttribute(params string[] tools) : FactAttribute
{
    public string[] Tools => tools;

    public override string? Skip => DebianRoot.DescribeMissing() ?? Tool.DescribeMissing(tools);
}
