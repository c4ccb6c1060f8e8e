namespace Microsoft.Azure.Functions.Worker.Context.Features;

/// <summary>Binds a function's parameters, once an invocation.</summary>
public interface IFunctionInputBindingFeature
{
    /// <summary>The values in the order of the parameters. Later calls give the same result; changes to it reach the function.</summary>
    /// <exception cref="FunctionInputConverterException">A value is missing or cannot become the parameter's type.</exception>
    ValueTask<FunctionInputBindingResult> BindFunctionInputAsync(FunctionContext context);
}

/// <summary>Values for a function's parameters.</summary>
/// <param name="values">In the order of the parameters.</param>
public class FunctionInputBindingResult(object?[] values)
{
    public object?[] Values { get; } = values;
}
