namespace Microsoft.DurableTask;

/// <summary>A step of an orchestration: the place for I/O. It runs at least once for each call.</summary>
public interface ITaskActivity
{
    /// <summary>The type that the input is converted to.</summary>
    Type InputType { get; }

    /// <summary>The type of the result.</summary>
    Type OutputType { get; }

    /// <summary>Runs the activity.</summary>
    /// <param name="context">What is known about the call.</param>
    /// <param name="input">The input, already of <see cref="InputType"/>, or null.</param>
    Task<object?> RunAsync(TaskActivityContext context, object? input);
}

/// <summary>An activity as a class with typed input and output.</summary>
public abstract class TaskActivity<TInput, TOutput> : ITaskActivity
{
    Type ITaskActivity.InputType => typeof(TInput);

    Type ITaskActivity.OutputType => typeof(TOutput);

    /// <summary>Runs the activity. An exception fails the call, and the orchestrator decides what follows.</summary>
    public abstract Task<TOutput> RunAsync(TaskActivityContext context, TInput input);

    async Task<object?> ITaskActivity.RunAsync(TaskActivityContext context, object? input) =>
        await RunAsync(context, TypedInput.Cast<TInput>(input));
}

/// <summary>Makes activities of functions.</summary>
public static class FuncTaskActivity
{
    public static TaskActivity<TInput, TOutput> Create<TInput, TOutput>(Func<TaskActivityContext, TInput, Task<TOutput>> implementation)
    {
        ArgumentNullException.ThrowIfNull(implementation);
        return new Implementation<TInput, TOutput>(implementation);
    }

    private sealed class Implementation<TInput, TOutput>(Func<TaskActivityContext, TInput, Task<TOutput>> run) : TaskActivity<TInput, TOutput>
    {
        public override Task<TOutput> RunAsync(TaskActivityContext context, TInput input) => run(context, input);
    }
}
