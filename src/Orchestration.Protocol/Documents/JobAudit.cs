namespace Orchestration.Protocol.Documents;

/// <summary>Who wants the job done, as the submitter says.</summary>
public sealed record JobAudit : ExtensibleRecord
{
    public string? SubmittedBy { get; init; }

    /// <summary>Address or host.</summary>
    public string? SubmittedFrom { get; init; }

    public JobAuthorization? Authorization { get; init; }
}

/// <summary>On what grounds. Names a grant; never holds a secret.</summary>
public sealed record JobAuthorization : ExtensibleRecord
{
    /// <summary>Such as <c>bearer_token</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Such as the name of a service account.</summary>
    public required string Subject { get; init; }
}
