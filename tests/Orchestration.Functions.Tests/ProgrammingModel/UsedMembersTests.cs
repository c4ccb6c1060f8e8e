using Orchestration.Functions.Orchestrators;
using Orchestration.ProgrammingModelList;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.ProgrammingModel;

public class UsedMembersTests
{
    [Fact]
    public void The_list_of_what_the_app_uses_is_up_to_date()
    {
        using var assemblies = new ModelAssemblies(typeof(JobOrchestrator).Assembly.Location);

        var listed = ModelDocument.Read(Path.Combine(RepositoryRoot.Path, "docs/programming-model-used.md"));

        // Where this fails, run eng/list-programming-model and check the new entries against the Microsoft assemblies.
        Assert.Equal(UsedMembers.Find(assemblies), listed);
    }

    [Fact]
    public void The_app_uses_nothing_that_only_the_embedded_runtime_has()
    {
        using var assemblies = new ModelAssemblies(typeof(JobOrchestrator).Assembly.Location);

        Assert.All(UsedMembers.Find(assemblies), entry => Assert.StartsWith("Microsoft.", entry.Namespace, StringComparison.Ordinal));
    }
}
