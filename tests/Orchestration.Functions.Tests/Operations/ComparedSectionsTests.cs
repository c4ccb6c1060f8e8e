using Orchestration.Functions.Operations.Guests;
using Orchestration.GuestFixtures;
using Orchestration.Profiles.Comparison;

namespace Orchestration.Functions.Tests.Operations;

public sealed class ComparedSectionsTests
{
    [Fact]
    public void Every_section_of_an_inspection_is_compared_or_named_as_not_compared()
    {
        var guest = new GuestBuilder("ntfs").File("/Windows/System32/config/SOFTWARE", new RegistryHiveBuilder().Text(@"Microsoft\Windows NT\CurrentVersion", "ProductName", "Windows 10 Pro").Build()).Build();

        var unnamed = GuestSteps.Describe(guest).EnumerateObject().Select(section => section.Name)
            .Except(ConfigurationReader.Sections).Except(ConfigurationReader.NotCompared.Keys);

        Assert.Empty(unnamed);
    }
}
