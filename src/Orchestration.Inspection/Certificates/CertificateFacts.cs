namespace Orchestration.Inspection.Certificates;

/// <summary>TLS certificates in the places where distributions keep them.</summary>
public sealed record CertificateFacts : FactSet
{
    /// <summary>Certificate files of this machine: regular files, which those of the distribution's authorities are not.</summary>
    public IReadOnlyList<string> Local { get; init; } = [];

    /// <summary>Number of certificate authorities that the guest trusts through links of its distribution.</summary>
    public int Authorities { get; init; }
}
