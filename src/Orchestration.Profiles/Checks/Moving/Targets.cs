namespace Orchestration.Profiles.Checks.Moving;

/// <summary>Where a guest can be moved to. The profile <c>migration</c> asks what matters everywhere, the others that and what their target needs.</summary>
internal static class Targets
{
    public const string Kvm = "migration-kvm";

    public const string AzureCloud = "migration-azure";

    public const string HyperV = "migration-hyper-v";

    public const string VmWare = "migration-vmware";

    public static IReadOnlyList<string> Everywhere { get; } = [ProfileCatalog.Migration, Kvm, AzureCloud, HyperV, VmWare];
}
