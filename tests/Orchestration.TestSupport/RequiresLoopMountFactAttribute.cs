using Xunit;

namespace Orchestration.TestSupport;

/// <summary>A fact that lets the kernel mount an image, which takes root and loop devices.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresLoopMountFactAttribute(params string[] tools) : FactAttribute
{
    public string[] Tools => tools;

    public override string? Skip => LoopMount.DescribeMissing(tools);
}

/// <summary>A theory that lets the kernel mount images.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresLoopMountTheoryAttribute(params string[] tools) : TheoryAttribute
{
    public string[] Tools => tools;

    public override string? Skip => LoopMount.DescribeMissing(tools);
}
