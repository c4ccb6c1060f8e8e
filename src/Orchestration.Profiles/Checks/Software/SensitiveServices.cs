using Orchestration.Inspection.Firewalls;

namespace Orchestration.Profiles.Checks.Software;

/// <summary>Services that speak in clear text, or whose protocol trusts whoever reaches it, by the ports that they have by default.</summary>
internal static class SensitiveServices
{
    private static readonly (string Name, string Protocol, int Port)[] All =
    [
        ("Telnet", "tcp", 23), ("TFTP", "udp", 69), ("the port mapper", "tcp", 111), ("NetBIOS", "tcp", 139), ("SNMP", "udp", 161), ("LDAP", "tcp", 389), ("SMB", "tcp", 445),
        ("remote login", "tcp", 513), ("remote shell", "tcp", 514), ("SQL Server", "tcp", 1433), ("Oracle", "tcp", 1521), ("NFS", "tcp", 2049), ("ZooKeeper", "tcp", 2181), ("Docker", "tcp", 2375), ("etcd", "tcp", 2379),
        ("MySQL", "tcp", 3306), ("remote desktop", "tcp", 3389), ("PostgreSQL", "tcp", 5432), ("VNC", "tcp", 5900), ("WinRM", "tcp", 5985), ("X11", "tcp", 6000), ("Redis", "tcp", 6379),
        ("the Kubernetes node agent", "tcp", 10250), ("Elasticsearch", "tcp", 9200), ("memcached", "tcp", 11211), ("memcached", "udp", 11211), ("MongoDB", "tcp", 27017),
    ];

    /// <summary>Those that an opening leads to, each with protocol and port.</summary>
    public static IEnumerable<string> Behind(FirewallOpening opening) =>
        All.Where(service => opening.Covers(service.Protocol, service.Port)).Select(service => $"{service.Name} ({service.Protocol} {service.Port})");
}
