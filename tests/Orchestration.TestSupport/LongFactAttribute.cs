using Xunit;

namespace Orchestration.TestSupport;

/// <summary>A fact that takes minutes: it runs where the variable <c>ORCHESTRATION_LONG_TESTS</c> is <c>1</c>, and is reported as skipped elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongFactAttribute : FactAttribute
{
    private const string Variable = "ORCHESTRATION_LONG_TESTS";

    public override string? Skip => Environment.GetEnvironmentVariable(Variable) == "1" ? null : $"takes minutes; runs where {Variable} is 1";
}
