namespace Orchestration.EmbeddedRuntime.Triggers.Invocations;

/// <summary>Makes one shape of the many that a function may return.</summary>
internal static class ReturnValue
{
    /// <summary>A function that awaits a value of <paramref name="type"/> where it can be awaited; nothing becomes null.</summary>
    public static Func<object?, Task<object?>> Awaiter(Type type)
    {
        if (type == typeof(Task))
        {
            return Nothing;
        }

        if (type == typeof(ValueTask))
        {
            return value => Nothing((value as ValueTask?)?.AsTask());
        }

        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (definition == typeof(Task<>))
        {
            return Generic(OfTask<object>, type);
        }

        return definition == typeof(ValueTask<>) ? Generic(OfValueTask<object>, type) : Task.FromResult;
    }

    private static Func<object?, Task<object?>> Generic(Func<object?, Task<object?>> method, Type type)
        => method.Method.GetGenericMethodDefinition().MakeGenericMethod(type.GetGenericArguments())
            .CreateDelegate<Func<object?, Task<object?>>>();

    private static async Task<object?> Nothing(object? task)
    {
        await (task as Task ?? Task.CompletedTask);
        return null;
    }

    private static async Task<object?> OfTask<T>(object? task) => task is Task<T> typed ? await typed : null;

    private static async Task<object?> OfValueTask<T>(object? task) => task is ValueTask<T> typed ? await typed : null;
}
