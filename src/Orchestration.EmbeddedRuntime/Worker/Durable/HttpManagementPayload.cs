using System.Text.Json.Serialization;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>The addresses at which one orchestration instance can be asked about and steered. They hold the system key, where one is configured.</summary>
public class HttpManagementPayload
{
    [JsonPropertyName("id")]
    public string? Id { get; internal init; }

    [JsonPropertyName("purgeHistoryDeleteUri")]
    public string? PurgeHistoryDeleteUri { get; internal init; }

    /// <summary>Holds <c>{eventName}</c> where the event's name belongs.</summary>
    [JsonPropertyName("sendEventPostUri")]
    public string? SendEventPostUri { get; internal init; }

    [JsonPropertyName("statusQueryGetUri")]
    public string? StatusQueryGetUri { get; internal init; }

    /// <summary>Holds <c>{{text}}</c> where the reason belongs.</summary>
    [JsonPropertyName("terminatePostUri")]
    public string? TerminatePostUri { get; internal init; }

    /// <summary>Not given out to isolated apps.</summary>
    [JsonPropertyName("rewindPostUri")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RewindPostUri { get; internal init; }

    /// <inheritdoc cref="RewindPostUri"/>
    [JsonPropertyName("restartPostUri")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RestartPostUri { get; internal init; }

    /// <inheritdoc cref="TerminatePostUri"/>
    [JsonPropertyName("suspendPostUri")]
    public string? SuspendPostUri { get; internal init; }

    /// <inheritdoc cref="TerminatePostUri"/>
    [JsonPropertyName("resumePostUri")]
    public string? ResumePostUri { get; internal init; }
}
