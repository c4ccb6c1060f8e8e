namespace Microsoft.DurableTask.Worker;

/// <summary>Adds values of an exception to the failure details that are kept of it.</summary>
public interface IExceptionPropertiesProvider
{
    /// <summary>The values to keep; null: none. Safe for concurrent use.</summary>
    IDictionary<string, object?>? GetExceptionProperties(Exception exception);
}
