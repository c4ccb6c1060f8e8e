namespace Orchestration.Profiles.Tests;

public sealed class ProfileCatalogTests
{
    [Fact]
    public void Profiles_are_found_by_their_exact_names()
    {
        Assert.Equal(
            [
                "security", "compliance", "hardening", "performance",
                "migration", "migration-kvm", "migration-azure", "migration-hyper-v", "migration-vmware",
                "cis-debian-12-level-1", "cis-debian-12-level-2", "cis-rhel-9-level-1", "cis-rhel-9-level-2", "cis-linux-level-1", "cis-linux-level-2",
                "windows-server", "pci-dss-4",
            ],
            ProfileCatalog.Names);
        Assert.Null(ProfileCatalog.Find("Security "));
    }

    [Fact]
    public void The_second_level_of_a_benchmark_asks_for_all_that_the_first_does_and_more()
    {
        var (first, second) = (Find("cis-debian-12-level-1"), Find("cis-debian-12-level-2"));

        Assert.Empty(first.Except(second));
        Assert.Contains("GK-AUD-001", second);
        Assert.DoesNotContain("GK-AUD-001", first);

        static IEnumerable<string> Find(string name) => ProfileCatalog.Profiles.Single(profile => profile.Name == name).Checks.Select(check => check.Id);
    }

    [Fact]
    public void Every_check_has_an_id_of_its_own_and_belongs_to_a_profile()
    {
        Assert.Distinct(ProfileCatalog.Checks.Select(check => check.Id));
        Assert.All(ProfileCatalog.Checks, check =>
        {
            Assert.Matches("^GK-[A-Z]{2,4}-[0-9]{3}$", check.Id);
            Assert.NotEmpty(check.Profiles);
            Assert.Empty(check.Profiles.Except(ProfileCatalog.Names));
        });
    }

    [Fact]
    public void Every_check_says_what_should_hold_and_what_to_do()
    {
        Assert.All(ProfileCatalog.Checks, check =>
        {
            Assert.False(string.IsNullOrWhiteSpace(check.Title), check.Id);
            Assert.False(string.IsNullOrWhiteSpace(check.Remediation), check.Id);
        });
    }

    [Fact]
    public void References_are_sections_of_named_benchmarks()
    {
        Assert.All(
            ProfileCatalog.Checks.SelectMany(check => check.References),
            reference =>
            {
                Assert.Matches(@"^(CIS Debian Linux 12 v1|CIS RHEL 9 v1|CIS Distribution Independent Linux v2|CIS Windows Server 2019 v1|PCI DSS 4\.0) [0-9]+(\.[0-9]+)*$", reference.ToString());
                Assert.Equal(reference.Benchmark.StartsWith("CIS", StringComparison.Ordinal), reference.Level is 1 or 2);
            });
    }
}
