using System.Net;
using Microsoft.Extensions.Options;
using Orchestration.Functions.Webhooks;
using Orchestration.Protocol;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Tests.Webhooks;

public class WebhookRulesTests
{
    private const string Allowed = "hooks.example.org, *.wide.example, https://narrow.example:8443/jobs/, https://exact.example/take, http://127.0.0.1:5000/, https://10.0.0.7/";

    [Theory]
    [InlineData("https://hooks.example.org/any?x=1", true)]
    [InlineData("https://HOOKS.example.org/", true)]
    [InlineData("https://hooks.example.org:8443/", false)]
    [InlineData("https://hooks.example.org.evil.example/", false)]
    [InlineData("https://hooks.example.org@evil.example/", false)]
    [InlineData("https://a.wide.example/", true)]
    [InlineData("https://wide.example/", false)]
    [InlineData("https://evilwide.example/", false)]
    [InlineData("https://narrow.example:8443/jobs/a", true)]
    [InlineData("https://narrow.example:8443/jobs/../admin", false)]
    [InlineData("https://narrow.example:8443/jobs/%2e%2e/admin", false)]
    [InlineData("https://narrow.example/jobs/a", false)]
    [InlineData("https://exact.example/take", true)]
    [InlineData("https://exact.example/take/it", true)]
    [InlineData("https://exact.example/taken", false)]
    [InlineData("http://hooks.example.org/", false)]
    [InlineData("http://127.0.0.1:5000/a", false)]
    [InlineData("https://10.0.0.7/", false)]
    [InlineData("https://other.example/", false)]
    public void Only_what_is_allowed_may_be_called(string url, bool allowed) => Assert.Equal(allowed, Rules(Allowed).FindFault(url) is null);

    [Fact]
    public void Nothing_is_allowed_where_nothing_is_said() => Assert.NotNull(Rules("").FindFault("https://hooks.example.org/"));

    [Fact]
    public void This_machine_and_private_addresses_need_a_setting_of_their_own()
    {
        Assert.Null(Rules(Allowed, options => options.AllowLoopback = true).FindFault("http://127.0.0.1:5000/a"));
        Assert.Null(Rules(Allowed, options => options.AllowPrivateAddresses = true).FindFault("https://10.0.0.7/"));
        Assert.NotNull(Rules(Allowed, options => options.AllowLoopback = true).FindFault("https://10.0.0.7/"));
    }

    [Theory]
    [InlineData("93.184.215.14", true)]
    [InlineData("2606:2800:21f:cb07:6820:80da:af6b:8b2c", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("::ffff:169.254.169.254", false)]
    [InlineData("64:ff9b::a9fe:a9fe", false)]
    [InlineData("2002:a9fe:a9fe::1", false)]
    public void Addresses_of_ones_own_networks_are_known(string address, bool isPublic) =>
        Assert.Equal(isPublic, Rules("").IsAllowed(IPAddress.Parse(address)));

    [Theory]
    [InlineData("default", null, true)]
    [InlineData("other", null, false)]
    [InlineData("other", "other", true)]
    [InlineData("short", "short", false)]
    [InlineData("encoded", "encoded", true)]
    public void A_webhook_needs_a_key_that_is_in_the_settings_and_long_enough(string configured, string? named, bool accepted)
    {
        var rules = Rules("hooks.example.org", options => options.Keys[configured] = configured switch
        {
            "short" => "too short",
            "encoded" => $"whsec_{Convert.ToBase64String(new byte[32])}",
            _ => "a key of more than enough characters",
        });
        var document = new JobDocumentBuilder("system.echo").Build() with
        {
            Notifications = new JobNotifications { Webhooks = [new JobWebhook { Url = "https://hooks.example.org/", SigningKey = named }] },
        };
        var violations = new List<Violation>();

        rules.Check(document, violations);

        Assert.Equal(
            accepted ? [] : [("/notifications/webhooks/0/signing_key", ErrorCodes.InvalidField)],
            violations.Select(violation => (violation.Pointer, violation.Code)));
    }

    private static WebhookRules Rules(string allowed, Action<WebhookOptions>? change = null)
    {
        var options = new WebhookOptions { Allowed = allowed };
        change?.Invoke(options);
        return new WebhookRules(Options.Create(options));
    }
}
