using Microsoft.Azure.Functions.Worker.Context.Features;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Access to what goes into and comes out of a function, for middleware.</summary>
public static class FunctionContextBindingFeatureExtensions
{
    /// <summary>The value of one bound parameter. Setting <see cref="InputBindingData{T}.Value"/> changes what the function receives.</summary>
    /// <exception cref="InvalidOperationException">The function has no such binding, or its value is no <typeparamref name="T"/>.</exception>
    public static async ValueTask<InputBindingData<T>> BindInputAsync<T>(this FunctionContext context, BindingMetadata bindingMetadata)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(bindingMetadata);
        var feature = context.Features.Get<IFunctionInputBindingFeature>()
            ?? throw new InvalidOperationException("The invocation has no input binding feature.");
        var result = await feature.BindFunctionInputAsync(context);
        var parameters = context.FunctionDefinition.Parameters;
        for (var index = 0; index < parameters.Length; index++)
        {
            if (parameters[index].Name == bindingMetadata.Name)
            {
                return result.Values[index] is null or T
                    ? new BoundInput<T>(bindingMetadata, result.Values, index)
                    : throw new InvalidOperationException($"The binding '{bindingMetadata.Name}' is no {typeof(T).Name}.");
            }
        }

        throw new InvalidOperationException($"The function '{context.FunctionDefinition.Name}' has no binding '{bindingMetadata.Name}'.");
    }

    /// <summary>What the function returned, for reading and replacing.</summary>
    /// <exception cref="InvalidOperationException">The value is no <typeparamref name="T"/>.</exception>
    public static InvocationResult<T> GetInvocationResult<T>(this FunctionContext context)
    {
        var result = GetInvocationResult(context);
        return result.Value is null or T
            ? new TypedResult<T>(result)
            : throw new InvalidOperationException($"The function returned {result.Value.GetType().Name}, not {typeof(T).Name}.");
    }

    /// <inheritdoc cref="GetInvocationResult{T}"/>
    public static InvocationResult GetInvocationResult(this FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<InvocationResult>()
            ?? throw new InvalidOperationException("The invocation has no result feature.");
    }

    /// <summary>The values on their way out that are a <typeparamref name="T"/> or null, once the function has run; for reading and replacing.</summary>
    public static IEnumerable<OutputBindingData<T>> GetOutputBindings<T>(this FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return (context.Features.Get<IFunctionInputBindingFeature>() as EmbeddedFunctionContext)?.Outputs
            .Where(output => output.Value is null or T)
            .Select(output => output.As<T>()) ?? [];
    }

    private sealed class BoundInput<T>(BindingMetadata metadata, object?[] values, int index) : InputBindingData<T>
    {
        public override BindingMetadata BindingMetadata { get; } = metadata;

        public override T? Value
        {
            get => (T?)values[index];
            set => values[index] = value;
        }
    }

    private sealed class TypedResult<T>(InvocationResult result) : InvocationResult<T>
    {
        public override T? Value
        {
            get => (T?)result.Value;
            set => result.Value = value;
        }
    }
}

/// <summary>The value of a bound parameter.</summary>
public abstract class InputBindingData<T>
{
    public abstract BindingMetadata BindingMetadata { get; }

    public abstract T? Value { get; set; }
}

/// <summary>A value that a function writes out.</summary>
public abstract class OutputBindingData<T>
{
    /// <summary>The Functions host's name for the kind of output, such as <c>blob</c>.</summary>
    public abstract string BindingType { get; }

    /// <summary>The property's name; <c>$return</c> for the return value.</summary>
    public abstract string Name { get; }

    public abstract T? Value { get; set; }
}
