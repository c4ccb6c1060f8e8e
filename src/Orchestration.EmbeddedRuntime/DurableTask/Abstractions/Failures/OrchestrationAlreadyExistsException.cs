namespace DurableTask.Core.Exceptions;

/// <summary>
/// Thrown when an orchestration is started under an instance id that is in use and that the caller did not allow to be replaced.
/// </summary>
public class OrchestrationAlreadyExistsException : Exception
{
    public OrchestrationAlreadyExistsException()
    {
    }

    public OrchestrationAlreadyExistsException(string message)
        : base(message)
    {
    }

    public OrchestrationAlreadyExistsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
