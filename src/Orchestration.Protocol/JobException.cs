using System.Text.Json;

namespace Orchestration.Protocol;

/// <summary>A failure that a job's result reports: a canonical code and a message for the person who submitted the job.</summary>
public sealed class JobException : Exception
{
    /// <param name="code">One of <see cref="ErrorCodes"/>.</param>
    /// <param name="message">What was expected, what was found and where. Never holds a secret.</param>
    /// <param name="innerException">The failure below, if any.</param>
    public JobException(string code, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Code = code;
    }

    public string Code { get; }

    /// <summary>The same for programs.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Details { get; init; }
}
