using Orchestration.GuestFixtures;

namespace Orchestration.Profiles.Tests;

/// <summary>Asks one check about a guest described in a test.</summary>
internal static class CheckAssert
{
    /// <summary>The day on which all tests judge.</summary>
    public static readonly DateOnly Today = new(2026, 7, 1);

    public static Judgement Judge(string id, GuestBuilder guest) =>
        ProfileCatalog.Checks.Single(check => check.Id == id).Judge(guest.Build(), Today);

    public static void Gives(Verdict verdict, string id, GuestBuilder guest)
    {
        var judgement = Judge(id, guest);
        Assert.True(
            judgement.Verdict == verdict,
            $"{id}: expected {verdict}, found {judgement.Verdict} {judgement.Reason} {string.Join("; ", judgement.Evidence)}");
    }
}
