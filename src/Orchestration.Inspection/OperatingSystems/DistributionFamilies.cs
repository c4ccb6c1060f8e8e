using System.Collections.Frozen;

namespace Orchestration.Inspection.OperatingSystems;

/// <summary>Which distributions are made alike: the same packages, the same places of configuration.</summary>
internal static class DistributionFamilies
{
    private static readonly FrozenDictionary<string, string> Families = new (string Family, string[] Ids)[]
    {
        ("debian", ["debian", "ubuntu", "raspbian", "linuxmint", "kali", "devuan", "pardus", "elementary", "pop", "deepin", "uos", "astra", "parrot", "proxmox", "neon", "zorin"]),
        ("redhat",
            [
                "rhel", "fedora", "centos", "rocky", "almalinux", "ol", "amzn", "scientific", "cloudlinux", "circle", "eurolinux", "miraclelinux", "virtuozzo", "rhcos", "scos",
                "openeuler", "euleros", "opencloudos", "tencentos", "anolis", "alinux", "kylin", "neokylin", "xenserver", "navix",
            ]),
        ("suse", ["sles", "sled", "suse", "opensuse", "opensuse-leap", "opensuse-tumbleweed", "opensuse-microos", "sle-micro", "sl-micro", "sle_hpc", "sles_sap"]),
        ("azurelinux", ["azurelinux", "mariner"]),
        ("photon", ["photon"]),
        ("alpine", ["alpine", "postmarketos"]),
        ("wolfi", ["wolfi", "chainguard"]),
        ("arch", ["arch", "archarm", "manjaro", "endeavouros", "artix", "garuda", "cachyos", "steamos"]),
        ("gentoo", ["gentoo", "funtoo"]),
        ("coreos", ["coreos", "flatcar"]),
        ("altlinux", ["altlinux"]),
        ("mandriva", ["mageia", "openmandriva", "rosa"]),
        ("slackware", ["slackware"]),
        ("void", ["void"]),
        ("nixos", ["nixos"]),
        ("pld", ["pld"]),
    }.SelectMany(family => family.Ids.Select(id => KeyValuePair.Create(id, family.Family))).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>By its own id, else by the nearest one that it says it derives from; null where none is known.</summary>
    public static string? Find(string distribution, IEnumerable<string> derivedFrom) =>
        derivedFrom.Prepend(distribution).Select(id => Families.GetValueOrDefault(id)).FirstOrDefault(family => family is not null);
}
