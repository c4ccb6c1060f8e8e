using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;

namespace Microsoft.DurableTask.Entities;

/// <summary>The method that handles an operation, with the arguments for it.</summary>
internal sealed class EntityMethod
{
    private readonly MethodInfo _method;
    private readonly object _target;
    private readonly object?[] _arguments;

    private EntityMethod(MethodInfo method, object target, object?[] arguments)
    {
        _method = method;
        _target = target;
        _arguments = arguments;
    }

    /// <summary>Finds a public method of the operation's name, case ignored. What every object has is not an operation.</summary>
    /// <exception cref="AmbiguousMatchException">There are several.</exception>
    /// <exception cref="InvalidOperationException">Its parameters cannot be given values.</exception>
    public static bool TryFind(TaskEntityOperation operation, object target, [NotNullWhen(true)] out EntityMethod? found)
    {
        MethodInfo? method = target.GetType()
            .GetMethod(operation.Name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
        if (method is null || method.DeclaringType == typeof(object) || method.GetBaseDefinition().DeclaringType == typeof(object)
            || (target is ITaskEntity && method.Name == nameof(ITaskEntity.RunAsync)))
        {
            found = null;
            return false;
        }

        found = new EntityMethod(method, target, Bind(operation, method));
        return true;
    }

    /// <summary>Calls the method and awaits what it gives.</summary>
    public async ValueTask<object?> InvokeAsync() =>
        await ReturnValue.Awaiter(_method.ReturnType)(_method.Invoke(_target, BindingFlags.DoNotWrapExceptions, null, _arguments, null));

    private static object?[] Bind(TaskEntityOperation operation, MethodInfo method)
    {
        var bound = new Dictionary<string, ParameterInfo>();
        return [.. method.GetParameters().Select(Value)];

        object? Value(ParameterInfo parameter)
        {
            if (parameter.ParameterType == typeof(TaskEntityContext))
            {
                Claim("context", parameter);
                return operation.Context;
            }

            if (parameter.ParameterType == typeof(TaskEntityOperation))
            {
                Claim("operation", parameter);
                return operation;
            }

            Claim("input", parameter);
            return operation.HasInput ? operation.GetInput(parameter.ParameterType)
                : parameter.HasDefaultValue ? parameter.DefaultValue
                : throw new InvalidOperationException(
                    $"Error dispatching '{operation}' to '{method}': the parameter '{parameter}' needs an input value, "
                    + "but the caller provided none.");
        }

        void Claim(string what, ParameterInfo parameter)
        {
            if (!bound.TryAdd(what, parameter))
            {
                throw new InvalidOperationException(
                    $"Error dispatching '{operation}' to '{method}': the {what} cannot be bound to '{parameter}', "
                    + $"because it is already bound to '{bound[what]}'.");
            }
        }
    }
}
