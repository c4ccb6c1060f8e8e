using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask.Entities;

/// <summary>How an operation finds its method, and what becomes of the state.</summary>
public class TaskEntityTests
{
    private static readonly EntityInstanceId Id = new("Subject", "s");

    [Theory]
    [InlineData("Void", "1", "null")]
    [InlineData("void", "1", "null")]
    [InlineData("Value", "2", "\"got 2\"")]
    [InlineData("TaskOnly", "3", "null")]
    [InlineData("TaskValue", "4", "\"got 4\"")]
    [InlineData("ValueTaskOnly", "5", "null")]
    [InlineData("ValueTaskValue", "6", "\"got 6\"")]
    [InlineData("Everything", "7", "\"got 7 of @subject@s by @subject@s/Everything\"")]
    [InlineData("Optional", null, "\"got 42\"")]
    public async Task An_operation_is_a_public_method_of_its_name_whatever_it_takes_and_returns(string operation, string? input, string output)
    {
        await using var host = await StartAsync<Subject>();

        OrchestrationMetadata ended = await host.CallAsync(Id, operation, input);

        Assert.Equal((OrchestrationRuntimeStatus.Completed, output), (ended.RuntimeStatus, ended.SerializedOutput ?? "null"));
        Assert.Equal(input ?? "42", (await host.Client.Entities.GetEntityAsync<string>(Id))?.State);
    }

    [Theory]
    [InlineData("Missing", "No suitable method found for entity operation '@subject@s/Missing'.")]
    [InlineData("ToString", "No suitable method found")]
    [InlineData("RunAsync", "No suitable method found")]
    [InlineData("Hidden", "No suitable method found")]
    [InlineData("Value", "needs an input value")]
    [InlineData("TwoInputs", "already bound")]
    public async Task An_operation_that_cannot_be_dispatched_fails(string operation, string message)
    {
        await using var host = await StartAsync<Subject>();

        OrchestrationMetadata ended = await host.CallAsync(Id, operation);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Contains(message, ended.FailureDetails?.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_removes_the_state_without_a_method_of_that_name()
    {
        await using var host = await StartAsync<Subject>();
        await host.CallAsync(Id, "Void", "1");

        await host.CallAsync(Id, "Delete");

        Assert.Null(await host.Client.Entities.GetEntityAsync(Id));
    }

    [Fact]
    public async Task A_method_named_delete_decides_itself()
    {
        await using var host = await StartAsync<KeepsItsState>();

        await host.CallAsync(Id, "delete");

        Assert.Equal("kept", (await host.Client.Entities.GetEntityAsync<string>(Id))?.State);
    }

    [Fact]
    public async Task State_is_initialized_for_the_first_operation_and_after_a_deletion()
    {
        await using var host = await StartAsync<StartsAtTen>();

        OrchestrationMetadata first = await host.CallAsync(Id, "Increment");
        OrchestrationMetadata second = await host.CallAsync(Id, "Increment");
        await host.CallAsync(Id, "delete");
        OrchestrationMetadata third = await host.CallAsync(Id, "Increment");

        Assert.Equal(("11", "12", "11"), (first.SerializedOutput, second.SerializedOutput, third.SerializedOutput));
    }

    [Fact]
    public async Task Methods_of_the_state_are_operations_where_the_entity_says_so_and_its_own_come_first()
    {
        await using var host = await StartAsync<OverState>();

        await host.CallAsync(Id, "Push", "a");
        OrchestrationMetadata own = await host.CallAsync(Id, "Count");

        Assert.Equal("\"entity counts 1\"", own.SerializedOutput);
        Assert.Equal(["a"], (await host.Client.Entities.GetEntityAsync<Pile>(Id))?.State?.Items);
    }

    [Fact]
    public async Task Setting_the_state_to_null_removes_it()
    {
        await using var host = await StartAsync<Subject>();
        await host.CallAsync(Id, "Void", "1");

        await host.CallAsync(Id, "Forget");

        Assert.Null(await host.Client.Entities.GetEntityAsync(Id));
    }

    [Fact]
    public async Task An_entity_is_made_by_the_services_in_a_scope_of_its_own()
    {
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks.AddCaller().AddEntity<NeedsServices>("Subject"), services: services => services.AddScoped<Mark>());

        OrchestrationMetadata first = await host.CallAsync(Id, "Read");
        OrchestrationMetadata second = await host.CallAsync(Id, "Read");

        Assert.NotNull(first.SerializedOutput);
        Assert.NotEqual(first.SerializedOutput, second.SerializedOutput);
    }

    [Fact]
    public async Task A_bare_entity_reads_and_writes_its_state_itself()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddCaller().AddEntity("Subject", new Bare()));

        OrchestrationMetadata first = await host.CallAsync(Id, "go", "a");
        OrchestrationMetadata second = await host.CallAsync(Id, "go", "b");

        Assert.Equal("\"go: none then a\"", first.SerializedOutput);
        Assert.Equal("\"go: a then b\"", second.SerializedOutput);
    }

    [Fact]
    public void A_name_is_registered_once_case_ignored()
    {
        var registry = new DurableTaskRegistry();
        registry.AddEntity<Subject>().AddEntity("Other", new Bare());

        Assert.Throws<ArgumentException>(() => registry.AddEntity<Subject>("SUBJECT"));
        Assert.Throws<ArgumentException>(() => registry.AddEntity("Third", typeof(string)));
        Assert.Equal(["Subject", "Other"], registry.GetEntities().Select(entity => entity.Key.Name));
    }

    private static Task<DurableTestHost> StartAsync<TEntity>()
        where TEntity : class, ITaskEntity
        => DurableTestHost.StartAsync(tasks => tasks.AddCaller().AddEntity<TEntity>("Subject"));

    public sealed class Subject : TaskEntity<string?>
    {
        public void Void(string input) => State = input;

        public string Value(string input) => Set(input);

        public async Task TaskOnly(string input)
        {
            await Task.Yield();
            State = input;
        }

        public async Task<string> TaskValue(string input)
        {
            await Task.Yield();
            return Set(input);
        }

        public async ValueTask ValueTaskOnly(string input)
        {
            await Task.Yield();
            State = input;
        }

        public async ValueTask<string> ValueTaskValue(string input)
        {
            await Task.Yield();
            return Set(input);
        }

        public string Everything(TaskEntityContext context, string input, TaskEntityOperation operation) =>
            $"{Set(input)} of {context.Id} by {operation}";

        public string Optional(string input = "42") => Set(input);

        public string TwoInputs(string first = "1", string second = "2") => first + second;

        public void Forget() => State = null;

        protected override string? InitializeState(TaskEntityOperation entityOperation) => null;

        internal string Hidden() => Set("hidden");

        private string Set(string input)
        {
            State = input;
            return $"got {input}";
        }
    }

    public sealed class KeepsItsState : TaskEntity<string>
    {
        public void Delete() => State = "kept";

        protected override string? InitializeState(TaskEntityOperation entityOperation) => string.Empty;
    }

    public sealed class StartsAtTen : TaskEntity<int?>
    {
        public int? Increment() => ++State;

        protected override int? InitializeState(TaskEntityOperation entityOperation) => 10;
    }

    public sealed class OverState : TaskEntity<Pile>
    {
        protected override bool AllowStateDispatch => true;

        public string Count() => $"entity counts {State.Count()}";
    }

    public sealed class Pile
    {
        public List<string> Items { get; set; } = [];

        public void Push(string item) => Items.Add(item);

        public int Count() => Items.Count;
    }

    public sealed class NeedsServices(Mark mark) : TaskEntity<int>
    {
        public Guid Read() => mark.Value;
    }

    public sealed class Mark
    {
        public Guid Value { get; } = Guid.NewGuid();
    }

    private sealed class Bare : ITaskEntity
    {
        public ValueTask<object?> RunAsync(TaskEntityOperation operation)
        {
            string before = operation.State.GetState("none") ?? string.Empty;
            string? input = operation.GetInput<string>();
            operation.State.SetState(input);
            return new($"{operation.Name}: {before} then {input}");
        }
    }
}
