using Microsoft.Extensions.Options;
using Orchestration.Functions.Webhooks;

namespace Orchestration.Functions.Tests.Webhooks;

public class WebhookClientTests
{
    [Fact]
    public async Task A_name_that_leads_to_this_machine_is_not_connected_to()
    {
        var options = Options.Create(new WebhookOptions { Allowed = "localhost", AllowPrivateAddresses = true });
        using var client = new WebhookClient(new WebhookRules(options), options);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("https://localhost/"));

        var answer = await client.SendAsync(request, CancellationToken.None);

        Assert.Equal((null, true), (answer.HttpStatus, answer.IsFinal));
        Assert.Contains("public Internet", answer.Error, StringComparison.Ordinal);
    }
}
