using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Orchestration.Functions.Access;

namespace Orchestration.Functions.Tests.Access;

public class CallerDirectoryTests
{
    [Fact]
    public void Where_no_keys_are_named_everybody_may_do_everything()
    {
        var caller = Directory().Find(new DefaultHttpContext().Request);

        Assert.Equal(Caller.Anybody, caller);
    }

    [Theory]
    [InlineData("x-functions-key")]
    [InlineData("x-access-key")]
    [InlineData("code")]
    public void A_caller_is_known_by_the_key_in_a_header_or_the_query(string place)
    {
        var directory = Directory(("team-a", new AccessKey { Value = "sesame", Role = AccessRole.Submit, Namespace = "a" }), ("viewer", new AccessKey { Value = "peek" }));

        Assert.Equal(new Caller("team-a", AccessRole.Submit, "a"), directory.Find(Request(place, "sesame")));
        Assert.Equal(new Caller("viewer", AccessRole.Read, null), directory.Find(Request(place, "peek")));
        Assert.Null(directory.Find(Request(place, "guess")));
        Assert.Null(directory.Find(Request(place, "")));
    }

    [Fact]
    public void The_settings_may_hold_the_digest_of_a_key_only()
    {
        var digest = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes("sesame")));
        var directory = Directory(("team-a", new AccessKey { Sha256 = digest }));

        Assert.Equal("team-a", directory.Find(Request("code", "sesame"))?.Name);
        Assert.Null(directory.Find(Request("code", digest)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("abc")]
    public void A_key_without_a_value_or_a_digest_is_told_by_its_name(string? digest)
    {
        var failure = Assert.Throws<InvalidOperationException>(() => Directory(("team-a", new AccessKey { Sha256 = digest })));

        Assert.Contains("'team-a'", failure.Message, StringComparison.Ordinal);
    }

    private static CallerDirectory Directory(params (string Name, AccessKey Key)[] keys) =>
        new(Options.Create(new AccessOptions { Keys = keys.ToDictionary(key => key.Name, key => key.Key) }));

    private static HttpRequest Request(string place, string key)
    {
        var request = new DefaultHttpContext().Request;
        if (place == "code")
        {
            request.QueryString = QueryString.Create("code", key);
        }
        else
        {
            request.Headers[place] = key;
        }

        return request;
    }
}
