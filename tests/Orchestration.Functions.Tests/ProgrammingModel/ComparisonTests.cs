using Orchestration.Functions.Orchestrators;
using Orchestration.ProgrammingModelList;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.ProgrammingModel;

public class ComparisonTests
{
    [Fact]
    public void Every_entry_of_the_list_is_declared_by_the_runtime_that_the_app_is_built_with()
    {
        using var assemblies = new ModelAssemblies(typeof(JobOrchestrator).Assembly.Location);
        var listed = ModelDocument.Read(Path.Combine(RepositoryRoot.Path, "docs/programming-model-used.md"));

        Assert.NotEmpty(listed);
        Assert.Empty(Comparison.Compare(listed, assemblies));
    }

    [Fact]
    public void A_declaration_that_differs_is_found_and_shown_beside_the_one_that_is_there()
    {
        using var assemblies = new ModelAssemblies(typeof(JobOrchestrator).Assembly.Location);
        var entry = new ModelEntry("Microsoft.DurableTask", "TaskOrchestrationContext", "public abstract Task CreateTimer(DateTime fireAt)");

        var difference = Assert.Single(Comparison.Compare([entry], assemblies));

        Assert.Contains("public abstract Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)", difference, StringComparison.Ordinal);
    }
}
