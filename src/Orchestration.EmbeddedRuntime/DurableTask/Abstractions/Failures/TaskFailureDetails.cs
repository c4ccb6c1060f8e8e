using System.Collections.Concurrent;

namespace Microsoft.DurableTask;

/// <summary>What is kept of an exception that made a task or an orchestration fail.</summary>
/// <param name="ErrorType">The full name of the exception's type, or an error code of the engine.</param>
/// <param name="ErrorMessage">The exception's message.</param>
/// <param name="StackTrace">The exception's stack trace, where there is one.</param>
/// <param name="InnerFailure">The failure behind this one, where there is one.</param>
/// <param name="Properties">Further values of the exception, as an <c>IExceptionPropertiesProvider</c> gave them.</param>
public record TaskFailureDetails(
    string ErrorType,
    string ErrorMessage,
    string? StackTrace,
    TaskFailureDetails? InnerFailure,
    IDictionary<string, object?>? Properties)
{
    private static readonly ConcurrentDictionary<(string ErrorType, Type Target), bool> Causes = new();

    public override string ToString() => $"{ErrorType}: {ErrorMessage}";

    /// <summary>Whether the failure came from an exception of type <typeparamref name="T"/> or one derived from it.</summary>
    public bool IsCausedBy<T>()
        where T : Exception
        => IsCausedBy(typeof(T));

    /// <summary>Whether the failure came from an exception of the given type or one derived from it.</summary>
    /// <returns>False also when <see cref="ErrorType"/> names no type that this process has loaded.</returns>
    /// <exception cref="ArgumentException">The type is not an exception type.</exception>
    public bool IsCausedBy(Type targetBaseExceptionType)
    {
        ArgumentNullException.ThrowIfNull(targetBaseExceptionType);
        if (!typeof(Exception).IsAssignableFrom(targetBaseExceptionType))
        {
            throw new ArgumentException($"{targetBaseExceptionType} is not an exception type.", nameof(targetBaseExceptionType));
        }

        return Causes.GetOrAdd((ErrorType, targetBaseExceptionType), static key => Resolve(key.ErrorType, key.Target));
    }

    /// <summary>Keeps what matters of an exception and, recursively, of the exceptions inside it.</summary>
    public static TaskFailureDetails FromException(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        TaskFailureDetails? inner = exception is TaskFailedException failed
            ? failed.FailureDetails
            : exception.InnerException is { } cause ? FromException(cause) : null;
        return new TaskFailureDetails(exception.GetType().ToString(), exception.Message, exception.StackTrace, inner, null);
    }

    private static bool Resolve(string errorType, Type target)
    {
        if (string.IsNullOrEmpty(errorType))
        {
            return false;
        }

        Type? thrown = target.Assembly.GetType(errorType, throwOnError: false)
            ?? AppDomain.CurrentDomain.GetAssemblies()
                .Select(assembly => assembly.GetType(errorType, throwOnError: false))
                .FirstOrDefault(type => type is not null);
        return target.IsAssignableFrom(thrown);
    }
}
