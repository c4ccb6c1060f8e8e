namespace Microsoft.DurableTask;

/// <summary>The step from an input of any type to the type that a task declares.</summary>
internal static class TypedInput
{
    /// <summary>The input as <typeparamref name="T"/>; the type's default for null.</summary>
    /// <exception cref="ArgumentException">The input is of another type.</exception>
    public static T Cast<T>(object? input) => input switch
    {
        T typed => typed,
        // A task that declares a non-nullable reference type and is called without input sees null, as on Azure.
        null => default!,
        _ => throw new ArgumentException($"The input is of type '{input.GetType()}', but the task takes '{typeof(T)}'.", nameof(input)),
    };
}
