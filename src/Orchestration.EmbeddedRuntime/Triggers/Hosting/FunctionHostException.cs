using Microsoft.Azure.Functions.Worker;

namespace Orchestration.EmbeddedRuntime.Triggers.Hosting;

/// <summary>The host cannot start: a function, a setting or a file is wrong.</summary>
public sealed class FunctionHostException : FunctionWorkerException
{
    /// <param name="code">Which rule was broken, such as <c>function.duplicate-name</c>.</param>
    /// <param name="location">The function, setting or file.</param>
    /// <param name="message">What was expected and what was found.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public FunctionHostException(string code, string location, string message, Exception? innerException = null)
        : base($"{location}: {message} ({code})", innerException)
    {
        Code = code;
        Location = location;
    }

    /// <summary>Which rule was broken.</summary>
    public string Code { get; }

    /// <summary>The function, setting or file that breaks it.</summary>
    public string Location { get; }
}
