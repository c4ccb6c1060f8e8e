using static Orchestration.Profiles.Tests.Examples.CheckExamples;

namespace Orchestration.Profiles.Tests.Examples;

/// <summary>What holds for every check there is, and for every one that will be added.</summary>
public sealed class EveryCheckTests
{
    public static TheoryData<string> WithExamples => new(All.Select(example => example.Id));

    public static TheoryData<string> Every => new(ProfileCatalog.Checks.Select(check => check.Id).Except(OfTheDisk));

    [Fact]
    public void Every_check_has_one_example_unless_it_cannot_have_one() => Assert.Equal(
        ProfileCatalog.Checks.Select(check => check.Id).Order(StringComparer.Ordinal),
        All.Select(example => example.Id).Concat(OnlyInform).Concat(NeverAnswer).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(WithExamples))]
    public void A_guest_that_is_right_passes(string id) => CheckAssert.Gives(Verdict.Pass, id, Find(id).Passes);

    [Theory]
    [MemberData(nameof(WithExamples))]
    public void A_guest_that_is_wrong_fails_with_evidence_of_what_was_found_and_expected(string id)
    {
        var judgement = CheckAssert.Judge(id, Find(id).Fails);

        Assert.Equal(Verdict.Fail, judgement.Verdict);
        Assert.NotEmpty(judgement.Evidence);
        Assert.All(judgement.Evidence, evidence => Assert.False(string.IsNullOrWhiteSpace(evidence.Found) || string.IsNullOrWhiteSpace(evidence.Expected)));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void A_guest_that_cannot_be_read_is_not_judged(string id) => CheckAssert.Gives(Verdict.NotAssessable, id, Unreadable());

    [Fact]
    public void Checks_that_only_inform_have_no_severity()
    {
        Assert.All(OnlyInform, id => Assert.Equal(Severity.Info, ProfileCatalog.Checks.Single(check => check.Id == id).Severity));
    }

    [Fact]
    public void There_are_as_many_checks_as_the_documentation_says() => Assert.InRange(ProfileCatalog.Checks.Count, 150, int.MaxValue);

    private static CheckExample Find(string id) => All.Single(example => example.Id == id);
}
