namespace Microsoft.Azure.Functions.Worker;

/// <summary>Marks a public method as a function.</summary>
/// <param name="name">The function's name: unique in the app, ignoring case.</param>
[AttributeUsage(AttributeTargets.Method)]
public class FunctionAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
