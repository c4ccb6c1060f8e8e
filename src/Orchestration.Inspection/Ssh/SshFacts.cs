namespace Orchestration.Inspection.Ssh;

/// <summary>How the OpenSSH server of the guest would be configured when started.</summary>
public sealed record SshFacts : FactSet
{
    /// <summary>The guest has <c>sshd</c>.</summary>
    public bool Installed { get; init; }

    /// <summary>Files that were read, in the order of reading.</summary>
    public IReadOnlyList<string> ConfigurationFiles { get; init; } = [];

    /// <summary>Options in effect for everybody, set ones in order and then the defaults of OpenSSH that matter to a review.</summary>
    public IReadOnlyList<SshOption> Options { get; init; } = [];

    /// <summary>Options that hold only where a connection matches.</summary>
    public IReadOnlyList<SshMatch> Matches { get; init; } = [];

    /// <summary>The option in effect for everybody; null where it is not set and has no known default.</summary>
    /// <param name="keyword">In any case.</param>
    public SshOption? Find(string keyword) =>
        Options.FirstOrDefault(option => option.Keyword.Equals(keyword, StringComparison.OrdinalIgnoreCase));

    /// <summary>Every value of an option that may be given more than once.</summary>
    public IEnumerable<SshOption> FindAll(string keyword) =>
        Options.Where(option => option.Keyword.Equals(keyword, StringComparison.OrdinalIgnoreCase));
}

/// <param name="Keyword">In lower case, as <c>sshd -T</c> prints it.</param>
/// <param name="Value">Arguments separated by one space.</param>
/// <param name="File">Where it is set; null for a default.</param>
/// <param name="Line">Counted from one; null for a default.</param>
/// <param name="IsDefault">Not set in any file: this is what OpenSSH does then.</param>
public sealed record SshOption(string Keyword, string Value, string? File, int? Line, bool IsDefault);

/// <param name="Criteria">What must match: <c>User backup</c>.</param>
/// <param name="File">Where the block begins.</param>
/// <param name="Line">Counted from one.</param>
/// <param name="Options">What it sets.</param>
public sealed record SshMatch(string Criteria, string File, int Line, IReadOnlyList<SshOption> Options);
