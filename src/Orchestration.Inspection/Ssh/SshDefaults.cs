namespace Orchestration.Inspection.Ssh;

/// <summary>What OpenSSH does where nothing is set, by sshd_config(5) of 9.x; unchanged since 7.4 but where noted there.</summary>
internal static class SshDefaults
{
    public static IReadOnlyDictionary<string, string> Values { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["port"] = "22",
        ["addressfamily"] = "any",
        ["permitrootlogin"] = "prohibit-password",
        ["passwordauthentication"] = "yes",
        ["kbdinteractiveauthentication"] = "yes",
        ["pubkeyauthentication"] = "yes",
        ["permitemptypasswords"] = "no",
        ["permituserenvironment"] = "no",
        ["hostbasedauthentication"] = "no",
        ["gssapiauthentication"] = "no",
        ["kerberosauthentication"] = "no",
        ["ignorerhosts"] = "yes",
        ["strictmodes"] = "yes",
        ["usepam"] = "no",
        ["usedns"] = "no",
        ["x11forwarding"] = "no",
        ["allowtcpforwarding"] = "yes",
        ["allowagentforwarding"] = "yes",
        ["allowstreamlocalforwarding"] = "yes",
        ["disableforwarding"] = "no",
        ["gatewayports"] = "no",
        ["permittunnel"] = "no",
        ["maxauthtries"] = "6",
        ["maxsessions"] = "10",
        ["maxstartups"] = "10:30:100",
        ["logingracetime"] = "120",
        ["loglevel"] = "INFO",
        ["syslogfacility"] = "AUTH",
        ["clientaliveinterval"] = "0",
        ["clientalivecountmax"] = "3",
        ["tcpkeepalive"] = "yes",
        ["compression"] = "yes",
        ["printmotd"] = "yes",
        ["printlastlog"] = "yes",
        ["banner"] = "none",
        ["authorizedkeysfile"] = ".ssh/authorized_keys .ssh/authorized_keys2",
    };

    /// <summary>Old names that servers still read as the new ones.</summary>
    public static IReadOnlyDictionary<string, string> Synonyms { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["challengeresponseauthentication"] = "kbdinteractiveauthentication",
        ["skeyauthentication"] = "kbdinteractiveauthentication",
        ["dsaauthentication"] = "pubkeyauthentication",
        ["hostbasedacceptedkeytypes"] = "hostbasedacceptedalgorithms",
        ["pubkeyacceptedkeytypes"] = "pubkeyacceptedalgorithms",
        ["keepalive"] = "tcpkeepalive",
        ["hostdsakey"] = "hostkey",
    };

    /// <summary>Keywords of which every occurrence counts, and not only the first.</summary>
    public static IReadOnlySet<string> Accumulating { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "port", "listenaddress", "hostkey", "hostcertificate", "allowusers", "allowgroups", "denyusers", "denygroups", "acceptenv", "setenv",
        "subsystem", "permitopen", "permitlisten",
    };
}
