using Orchestration.GuestFixtures;

namespace Orchestration.Profiles.Tests;

/// <summary>Asks one check about a guest described in a test.</summary>
internal static class CheckAssert
{
    public static Judgement Judge(string id, GuestBuilder guest) =>
        ProfileCatalog.Checks.Single(check => check.Id == id).Judge(guest.Build());

    public static void Gives(Verdict verdict, string id, GuestBuilder guest)
    {
        var judgement = Judge(id, guest);
        Assert.True(
            judgement.Verdict == verdict,
            $"{id}: expected {verdict}, found {judgement.Verdict} {judgement.Reason} {string.Join("; ", judgement.Evidence)}");
    }
}
