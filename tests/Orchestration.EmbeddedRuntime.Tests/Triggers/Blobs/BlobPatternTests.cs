using Orchestration.EmbeddedRuntime.Triggers.Blobs;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.Blobs;

public sealed class BlobPatternTests
{
    [Theory]
    [InlineData("images/{name}", "web.qcow2", "name=web.qcow2")]
    [InlineData("images/{name}", "a/b/web.qcow2", "name=a/b/web.qcow2")]
    [InlineData("images", "web.qcow2", "name=web.qcow2")]
    [InlineData("jobs/{name}.json", "a.b.json", "name=a.b")]
    [InlineData("jobs/{name}.{extension}", "foo.bar.txt", "extension=txt name=foo.bar")]
    [InlineData("jobs/in/{tenant}/{name}.json", "in/acme/one.json", "name=one tenant=acme")]
    [InlineData("jobs/{a}-{b}", "1-2-3", "a=1-2 b=3")]
    [InlineData("jobs/fixed.json", "fixed.json", "")]
    public void A_matching_name_gives_the_tokens_their_values(string path, string name, string expected)
    {
        var tokens = Assert.IsAssignableFrom<IReadOnlyDictionary<string, string>>(BlobPattern.Parse(path, "F").Match(name));

        Assert.Equal(expected, string.Join(' ', tokens.OrderBy(token => token.Key).Select(token => $"{token.Key}={token.Value}")));
    }

    [Theory]
    [InlineData("jobs/{name}.json", "one.yaml")]
    [InlineData("jobs/{name}.json", "onexjson")]
    [InlineData("jobs/{name}.json", ".json")]
    [InlineData("jobs/in/{name}", "out/one")]
    public void Another_name_does_not_match(string path, string name) => Assert.Null(BlobPattern.Parse(path, "F").Match(name));

    [Fact]
    public void The_prefix_is_what_comes_before_the_first_token()
        => Assert.Equal("in/", BlobPattern.Parse("jobs/in/{name}.json", "F").Prefix);

    [Theory]
    [InlineData("Jobs/{name}")]
    [InlineData("jo--bs/{name}")]
    [InlineData("{container}/{name}")]
    [InlineData("jobs/{name}/{name}")]
    [InlineData("jobs/{name")]
    [InlineData("jobs/{na me}")]
    public void A_path_that_cannot_be_is_refused(string path)
        => Assert.Equal("blob.invalid-path", Assert.Throws<FunctionHostException>(() => BlobPattern.Parse(path, "F")).Code);

    [Fact]
    public void A_hostile_name_is_matched_in_linear_time()
    {
        var pattern = BlobPattern.Parse("jobs/{a}-{b}-{c}-{d}-{e}.json", "F");

        Assert.Null(pattern.Match(new string('-', 1024)));
    }
}
