namespace Microsoft.DurableTask.Worker;

/// <summary>Hands on to another provider.</summary>
/// <param name="inner">The other provider.</param>
public sealed class ExceptionPropertiesProviderAdapter(IExceptionPropertiesProvider inner) : IExceptionPropertiesProvider
{
    private readonly IExceptionPropertiesProvider _inner = inner ?? throw new ArgumentNullException(nameof(inner));

    public IDictionary<string, object?>? GetExceptionProperties(Exception exception) => _inner.GetExceptionProperties(exception);
}
