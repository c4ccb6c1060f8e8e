namespace Orchestration.Functions.Access;

/// <summary>
/// The settings of the section <c>Access</c>: who may do what. Where no key is named, everybody whom the host lets in may do everything.
/// </summary>
public sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>The keys by the names under which they are known; names appear in the audit log, keys nowhere.</summary>
    public Dictionary<string, AccessKey> Keys { get; set; } = new(StringComparer.OrdinalIgnoreCase);
}

/// <summary>A key of the HTTP interface, and what it opens.</summary>
public sealed class AccessKey
{
    /// <summary>The key itself; on Azure, a reference to a vault. Either this or <see cref="Sha256"/>.</summary>
    public string? Value { get; set; }

    /// <summary>The SHA-256 digest of the key, in hexadecimal digits, where the settings are not to hold it.</summary>
    public string? Sha256 { get; set; }

    public AccessRole Role { get; set; } = AccessRole.Read;

    /// <summary>The only namespace that the key opens; null for all.</summary>
    public string? Namespace { get; set; }
}

public enum AccessRole
{
    /// <summary>May look at jobs, results and the service.</summary>
    Read,

    /// <summary>May submit and control jobs as well.</summary>
    Submit,
}
