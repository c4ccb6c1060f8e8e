using System.Reflection;

namespace Orchestration.EmbeddedRuntime.Triggers.Functions;

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
            return value => Nothing(((ValueTask)value!).AsTask());
        }

        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (definition == typeof(Task<>))
        {
            return Generic(nameof(OfTask), type);
        }

        return definition == typeof(ValueTask<>) ? Generic(nameof(OfValueTask), type) : Task.FromResult;
    }

    private static Func<object?, Task<object?>> Generic(string method, Type type)
        => typeof(ReturnValue).GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(type.GetGenericArguments())
            .CreateDelegate<Func<object?, Task<object?>>>();

    private static async Task<object?> Nothing(object? task)
    {
        await (Task)task!;
        return null;
    }

    private static async Task<object?> OfTask<T>(object? task) => await (Task<T>)task!;

    private static async Task<object?> OfValueTask<T>(object? task) => await (ValueTask<T>)task!;
}
