namespace Microsoft.Azure.Functions.Worker;

/// <summary>Creates the object that an instance function is called on, one an invocation. Replaceable in the services.</summary>
public interface IFunctionActivator
{
    object? CreateInstance(Type instanceType, FunctionContext context);
}
