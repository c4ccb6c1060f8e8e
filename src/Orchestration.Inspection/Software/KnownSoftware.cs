namespace Orchestration.Inspection.Software;

/// <param name="Name">How reports call it.</param>
/// <param name="Kind">As <see cref="DetectedSoftware.Kind"/>.</param>
/// <param name="Programs">Files or patterns of which one shows that it is there.</param>
/// <param name="Services">Services that start it.</param>
/// <param name="Packages">Packages that it may have come in.</param>
internal sealed record KnownSoftware(string Name, string Kind, string[] Programs, string[] Services, string[] Packages)
{
    public static IReadOnlyList<KnownSoftware> All { get; } =
    [
        new("postgresql", "database", ["/usr/lib/postgresql/*/bin/postgres", "/usr/pgsql-*/bin/postgres", "/usr/bin/postgres"], ["postgresql"], ["postgresql", "postgresql-server", "postgresql-common"]),
        new("mysql", "database", ["/usr/sbin/mysqld"], ["mysql", "mysqld"], ["mysql-server", "mysql-community-server"]),
        new("mariadb", "database", ["/usr/sbin/mariadbd", "/usr/libexec/mariadbd", "/usr/bin/mariadbd"], ["mariadb"], ["mariadb-server", "mariadb"]),
        new("mongodb", "database", ["/usr/bin/mongod"], ["mongod", "mongodb"], ["mongodb-org-server", "mongodb-server"]),
        new("redis", "database", ["/usr/bin/redis-server"], ["redis-server", "redis"], ["redis-server", "redis"]),
        new("valkey", "database", ["/usr/bin/valkey-server"], ["valkey-server", "valkey"], ["valkey-server", "valkey"]),
        new("mssql", "database", ["/opt/mssql/bin/sqlservr"], ["mssql-server"], ["mssql-server"]),
        new("oracle", "database", ["/etc/oratab"], ["oracle"], []),
        new("elasticsearch", "database", ["/usr/share/elasticsearch/bin/elasticsearch"], ["elasticsearch"], ["elasticsearch"]),
        new("cassandra", "database", ["/usr/sbin/cassandra"], ["cassandra"], ["cassandra"]),
        new("memcached", "database", ["/usr/bin/memcached"], ["memcached"], ["memcached"]),
        new("influxdb", "database", ["/usr/bin/influxd"], ["influxdb"], ["influxdb", "influxdb2"]),
        new("nginx", "web-server", ["/usr/sbin/nginx"], ["nginx"], ["nginx", "nginx-core", "nginx-light", "nginx-full"]),
        new("apache", "web-server", ["/usr/sbin/apache2", "/usr/sbin/httpd"], ["apache2", "httpd"], ["apache2", "httpd"]),
        new("lighttpd", "web-server", ["/usr/sbin/lighttpd"], ["lighttpd"], ["lighttpd"]),
        new("caddy", "web-server", ["/usr/bin/caddy"], ["caddy"], ["caddy"]),
        new("haproxy", "web-server", ["/usr/sbin/haproxy"], ["haproxy"], ["haproxy"]),
        new("varnish", "web-server", ["/usr/sbin/varnishd"], ["varnish"], ["varnish"]),
        new("tomcat", "web-server", ["/usr/share/tomcat*/bin/catalina.sh", "/opt/tomcat/bin/catalina.sh"], ["tomcat", "tomcat9", "tomcat10"], ["tomcat", "tomcat9", "tomcat10"]),
        new("docker", "container-engine", ["/usr/bin/dockerd", "/usr/sbin/dockerd"], ["docker"], ["docker-ce", "docker.io", "docker", "moby-engine"]),
        new("containerd", "container-engine", ["/usr/bin/containerd"], ["containerd"], ["containerd.io", "containerd"]),
        new("podman", "container-engine", ["/usr/bin/podman"], ["podman"], ["podman"]),
        new("cri-o", "container-engine", ["/usr/bin/crio"], ["crio"], ["cri-o"]),
        new("kubelet", "container-engine", ["/usr/bin/kubelet"], ["kubelet"], ["kubelet"]),
        new("open-vm-tools", "guest-agent", ["/usr/bin/vmtoolsd"], ["open-vm-tools", "vmtoolsd"], ["open-vm-tools"]),
        new("vmware-tools", "guest-agent", ["/etc/vmware-tools/locations", "/usr/lib/vmware-tools/sbin64/vmtoolsd"], ["vmware-tools"], []),
        new("qemu-guest-agent", "guest-agent", ["/usr/bin/qemu-ga", "/usr/sbin/qemu-ga"], ["qemu-guest-agent"], ["qemu-guest-agent"]),
        new("spice-vdagent", "guest-agent", ["/usr/bin/spice-vdagent"], ["spice-vdagentd", "spice-vdagent"], ["spice-vdagent"]),
        new("virtualbox-guest", "guest-agent", ["/usr/sbin/VBoxService", "/opt/VBoxGuestAdditions*/sbin/VBoxService"], ["vboxadd-service", "virtualbox-guest-utils", "vboxservice"], ["virtualbox-guest-utils"]),
        new("hyper-v-daemons", "guest-agent", ["/usr/sbin/hv_kvp_daemon", "/usr/sbin/hypervkvpd"], ["hv-kvp-daemon", "hypervkvpd", "hv_kvp_daemon"], ["hyperv-daemons", "linux-cloud-tools-common"]),
        new("azure-agent", "guest-agent", ["/usr/sbin/waagent", "/usr/bin/waagent"], ["walinuxagent", "waagent"], ["walinuxagent", "waagent", "WALinuxAgent"]),
        new("google-guest-agent", "guest-agent", ["/usr/bin/google_guest_agent"], ["google-guest-agent"], ["google-guest-agent"]),
        new("amazon-ssm-agent", "guest-agent", ["/usr/bin/amazon-ssm-agent"], ["amazon-ssm-agent"], ["amazon-ssm-agent"]),
        new("xen-guest-agent", "guest-agent", ["/usr/sbin/xe-daemon"], ["xe-daemon", "xe-linux-distribution"], ["xe-guest-utilities"]),
        new("cloud-init", "provisioning", ["/usr/bin/cloud-init"], ["cloud-init", "cloud-init-main"], ["cloud-init"]),
        new("ignition", "provisioning", ["/usr/lib/dracut/modules.d/30ignition/ignition", "/usr/bin/ignition"], ["ignition-firstboot-complete"], ["ignition"]),
    ];
}
