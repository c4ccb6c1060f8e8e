using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask;

public class ClassSyntaxTests
{
    [Fact]
    public async Task Class_based_tasks_run_under_their_attribute_or_class_name()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestrator<HelloSequence>().AddActivity<SayHello>());

        OrchestrationMetadata ended = await host.RunAsync("Greetings");

        Assert.Equal(["Hello, Tokyo!", "Hello, London!"], ended.ReadOutputAs<List<string>>());
    }

    [Fact]
    public async Task Activities_get_services_from_a_scope_of_their_own()
    {
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc("Twice", async context =>
                    await context.CallActivityAsync<Guid>(nameof(ScopeReader)) != await context.CallActivityAsync<Guid>(nameof(ScopeReader)))
                .AddActivity<ScopeReader>(),
            services: services => services.AddScoped<ScopeMark>());

        Assert.True((await host.RunAsync("Twice")).ReadOutputAs<bool>());
    }

    [Fact]
    public async Task The_version_of_an_instance_picks_the_registered_version_and_its_activities_inherit_it()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<object?, string>("Versioned", "1", async (context, _) => "one " + await context.CallActivityAsync<string>("Which"))
            .AddOrchestratorFunc<object?, string>("Versioned", "2", async (context, _) => "two " + await context.CallActivityAsync<string>("Which"))
            .AddActivityFunc("Which", (TaskActivityContext context) => context.Version));

        Assert.Equal("one 1", await OutputAsync("1"));
        Assert.Equal("two 2", await OutputAsync("2"));
        OrchestrationMetadata unversioned = await host.RunAsync("Versioned");
        Assert.Equal("OrchestratorTaskNotFound", unversioned.FailureDetails?.ErrorType);

        async Task<string?> OutputAsync(string version) =>
            (await host.RunAsync("Versioned", options: new StartOrchestrationOptions { Version = version })).ReadOutputAs<string>();
    }

    [Fact]
    public void A_name_and_version_can_be_registered_once()
    {
        var registry = new DurableTaskRegistry();
        registry.AddActivity<SayHello>();

        Assert.Throws<ArgumentException>(() => registry.AddActivity<SayHello>());
    }

    [DurableTask("Greetings")]
    private sealed class HelloSequence : TaskOrchestrator<object?, List<string>>
    {
        public override async Task<List<string>> RunAsync(TaskOrchestrationContext context, object? input) =>
        [
            await context.CallActivityAsync<string>(nameof(SayHello), "Tokyo"),
            await context.CallActivityAsync<string>(nameof(SayHello), "London"),
        ];
    }

    private sealed class SayHello : TaskActivity<string, string>
    {
        public override Task<string> RunAsync(TaskActivityContext context, string input) => Task.FromResult($"Hello, {input}!");
    }

    private sealed class ScopeReader(ScopeMark mark) : TaskActivity<object?, Guid>
    {
        public override Task<Guid> RunAsync(TaskActivityContext context, object? input) => Task.FromResult(mark.Id);
    }

    private sealed class ScopeMark
    {
        public Guid Id { get; } = Guid.NewGuid();
    }
}
