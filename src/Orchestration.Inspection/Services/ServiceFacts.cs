namespace Orchestration.Inspection.Services;

/// <summary>What the guest's init system is set up to start. Whether anything runs is never known from a disk.</summary>
public sealed record ServiceFacts : FactSet
{
    /// <summary>Units of systemd, scripts of SysV init and OpenRC, jobs of Upstart, services of runit, sorted by name.</summary>
    public IReadOnlyList<Unit> Units { get; init; } = [];

    /// <summary>The target that the guest boots into; null where not set.</summary>
    public string? DefaultTarget { get; init; }

    /// <summary>Names without suffix of the services that are enabled, sorted.</summary>
    public IReadOnlyList<string> EnabledServices =>
        [.. Units.Where(unit => unit is { IsEnabled: true, Type: "service" }).Select(unit => unit.Name[..^".service".Length]).Distinct()];

    /// <summary>The unit of that full name or alias, or the template of which links pull in that instance; null where there is none.</summary>
    public Unit? Find(string name) =>
        Units.FirstOrDefault(unit => unit.Name == name)
        ?? Units.FirstOrDefault(unit => unit.Aliases.Contains(name, StringComparer.Ordinal) || unit.Instances.Contains(name, StringComparer.Ordinal));

    /// <summary>Whether the service starts at boot or when its socket, path or timer is touched.</summary>
    /// <param name="service">Name without suffix.</param>
    public bool IsActivated(string service) =>
        new[] { "service", "socket", "path", "timer" }.Any(type => Find($"{service}.{type}") is { IsEnabled: true })
        || (Find($"{service}.service") is { IsMasked: false } unit
            && Units.Any(other => other.IsEnabled && other.Triggers.Contains(unit.Name, StringComparer.Ordinal)));
}

/// <summary>A systemd unit file, or a service of another init system without one.</summary>
/// <param name="Name">With suffix: <c>ssh.service</c>.</param>
/// <param name="State">In the words of <c>systemctl is-enabled</c>: enabled, disabled, static, indirect, masked, alias, linked, generated.</param>
/// <param name="File">Where it is defined.</param>
/// <param name="Description">In its own words; null where it has none.</param>
/// <param name="WantedBy">Units whose start pulls it in through links in <c>*.wants</c>, <c>*.requires</c> or <c>*.upholds</c>.</param>
/// <param name="Aliases">Other names that lead to it.</param>
/// <param name="Triggers">What a socket, path or timer starts.</param>
/// <param name="DropIns">Files that change it, in the order in which they are read.</param>
public sealed record Unit(
    string Name,
    string State,
    string File,
    string? Description,
    IReadOnlyList<string> WantedBy,
    IReadOnlyList<string> Aliases,
    IReadOnlyList<string> Triggers,
    IReadOnlyList<string> DropIns)
{
    /// <summary>The suffix: <c>service</c>, <c>socket</c>, <c>timer</c>, …</summary>
    public string Type => Name[(Name.LastIndexOf('.') + 1)..];

    /// <summary>Instances of a template that links pull in: <c>openvpn@office.service</c>.</summary>
    public IReadOnlyList<string> Instances { get; init; } = [];

    /// <summary>What the distribution's presets make of it, where it can be enabled: <c>enabled</c>, <c>disabled</c> or <c>ignored</c>; null elsewhere.</summary>
    public string? Preset { get; init; }

    public bool IsMasked => State == "masked";

    /// <summary>Something pulls it in at boot: a link of the administrator's or of the distribution's, or a SysV run level.</summary>
    public bool IsEnabled => !IsMasked && State != "alias" && (State is "enabled" or "generated" || WantedBy.Count > 0);
}
