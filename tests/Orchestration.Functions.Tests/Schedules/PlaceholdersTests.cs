using System.Globalization;
using Orchestration.Functions.Schedules;

namespace Orchestration.Functions.Tests.Schedules;

public class PlaceholdersTests
{
    [Theory]
    [InlineData("weekly-{yyyy}-W{ww}-{image}", "2026-03-04T03:00:00Z", "weekly-2026-W10-images/web/web01.qcow2")]
    [InlineData("weekly-{yyyy}-W{ww}-{vm}", "2024-12-30T03:00:00Z", "weekly-2025-W01-web01")]
    [InlineData("weekly-{yyyy}-W{ww}-{vm}", "2027-01-01T03:00:00Z", "weekly-2026-W53-web01")]
    [InlineData("{schedule}-{yyyy}-{MM}-{dd}T{HH}{mm}", "2024-12-30T03:07:00Z", "nightly-2024-12-30T0307")]
    [InlineData("kept: {unknown} {}", "2026-03-04T03:00:00Z", "kept: {unknown} {}")]
    public void Places_are_filled(string template, string moment, string expected) =>
        Assert.Equal(expected, Placeholders.Fill(template, "nightly", DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture), "images/web/web01.qcow2"));

    [Theory]
    [InlineData("{yyyy}-W{ww}-{MM}")]
    [InlineData("{year}")]
    [InlineData("{image")]
    public void A_template_that_would_not_mean_what_it_says_is_noticed(string template) => Assert.NotNull(Placeholders.FindFault(template));
}
