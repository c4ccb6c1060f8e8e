using Orchestration.GuestFixtures;
using Orchestration.Inspection.Packages;

namespace Orchestration.Inspection.Tests.Packages.Bundles;

public sealed class BundleTests
{
    [Fact]
    public void Snaps_are_those_that_snapd_records()
    {
        const string State = """
            {"data": {"snaps": {
              "lxd": {"type": "app", "sequence": [{"name": "lxd", "revision": "27037"}], "active": true, "current": "27037", "channel": "5.0/stable"},
              "core20": {"type": "base", "active": false, "current": "2105", "channel": "latest/stable"}}}}
            """;

        Assert.Equal(
            [
                new ApplicationBundle("snap", "core20", "base", "2105", "latest/stable", null, false, "/var/lib/snapd/state.json"),
                new ApplicationBundle("snap", "lxd", "app", "27037", "5.0/stable", null, true, "/var/lib/snapd/state.json"),
            ],
            new GuestBuilder().File("/var/lib/snapd/state.json", State).Build().Packages.Bundles);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public void A_broken_record_of_snaps_is_a_warning(string state)
    {
        var packages = new GuestBuilder().Packages("bash").File("/var/lib/snapd/state.json", state).Build().Packages;

        Assert.True(Assert.Single(packages.Warnings).Unreadable);
        Assert.True(packages.Has("bash"));
    }

    [Fact]
    public void Flatpaks_are_those_with_an_active_commit()
    {
        var guest = new GuestBuilder().Directory("/var/lib/flatpak/app/org.gimp.GIMP/x86_64/stable/0a1b2c").Link("/var/lib/flatpak/app/org.gimp.GIMP/x86_64/stable/active", "0a1b2c")
            .Directory("/var/lib/flatpak/app/org.removed.App/x86_64/stable").Build();

        Assert.Equal(
            new ApplicationBundle("flatpak", "org.gimp.GIMP", "app", "0a1b2c", "stable", "x86_64", true, "/var/lib/flatpak/app/org.gimp.GIMP/x86_64/stable"),
            Assert.Single(guest.Packages.Bundles));
    }
}
