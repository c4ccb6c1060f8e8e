namespace Orchestration.Profiles.Tests;

public sealed class ProfileCatalogTests
{
    [Fact]
    public void Three_profiles_are_there_and_others_are_not()
    {
        Assert.Equal(["security", "compliance", "hardening"], ProfileCatalog.Names);
        Assert.Null(ProfileCatalog.Find("performance"));
        Assert.Null(ProfileCatalog.Find("Security "));
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
            reference => Assert.Matches(@"^(CIS Debian Linux 12 v1|CIS RHEL 9|PCI DSS 4\.0) [0-9]+(\.[0-9]+)*$", reference));
    }
}
