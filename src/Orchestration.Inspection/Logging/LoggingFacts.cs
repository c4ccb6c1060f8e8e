using Orchestration.Inspection.Authentication;

namespace Orchestration.Inspection.Logging;

/// <summary>Where the guest's logs go.</summary>
public sealed record LoggingFacts : FactSet
{
    /// <summary>Settings of journald.conf(5) in effect.</summary>
    public IReadOnlyList<Setting> Journal { get; init; } = [];

    /// <summary>Directives of rsyslog that send to another host.</summary>
    public IReadOnlyList<Setting> RemoteTargets { get; init; } = [];

    /// <summary>The guest keeps its journal over a reboot: <c>Storage=persistent</c>, or <c>auto</c> with the directory there.</summary>
    public bool KeepsJournal { get; init; }

    public Setting? FindJournal(string name) => Journal.FirstOrDefault(setting => setting.Name == name);
}
