using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Steering;

/// <summary>Receivers that are told how jobs ended.</summary>
public sealed class WebhookTests : IClassFixture<WebhookTests.ReceivingService>
{
    private const string Key = "a key that only the two of us know";

    private readonly ReceivingService _pair;

    public WebhookTests(ReceivingService pair)
    {
        _pair = pair;
        Receiver.Messages.Clear();
        Receiver.Answer = _ => 204;
    }

    private Receiver Receiver => _pair.Receiver;

    private ServiceProcess Service => _pair.Service;

    [Fact]
    public async Task Receivers_are_told_of_what_they_asked_for_by_a_signed_message_and_the_job_shows_it()
    {
        await SubmitAsync("webhook-told-01", data: null, ("jobs/all", []), ("jobs/failures", ["failed", "timeout"]));

        var job = await WaitAsync("webhook-told-01");

        var delivery = Assert.Single(job.Webhooks!);
        Assert.Equal((WebhookDelivery.Delivered, 1, 204), (delivery.Status, delivery.Attempts, delivery.HttpStatus));
        Assert.Equal("completed", job.Status);
        var message = Assert.Single(Receiver.Messages);
        Assert.Equal(("/jobs/all", delivery.DeliveryId), (message.Path, message.Headers["webhook-id"]));
        AssertSigned(message);
        var body = JsonDocument.Parse(message.Body).RootElement;
        Assert.Equal(("job.completed", "webhook-told-01"), (body.GetProperty("type").GetString(), body.GetProperty("job").GetProperty("job_id").GetString()));
        Assert.Equal("ping", body.GetProperty("result").GetProperty("data").GetProperty("echo").GetProperty("message").GetString());

        var events = (await Service.Http.GetFromJsonAsync<JsonElement>("jobs/webhook-told-01/events")).GetProperty("events").EnumerateArray().ToList();
        Assert.Equal(
            ["created", "validated", "queued", "assigned", "running", "progressing", "completed"],
            events.SkipLast(1).Select(happened => happened.GetProperty("details").GetProperty("state").GetString()));
        Assert.Equal("notification", events[^1].GetProperty("phase").GetString());
    }

    [Fact]
    public async Task A_delivery_that_fails_is_tried_again_under_the_same_id_and_never_fails_the_job()
    {
        Receiver.Answer = number => number < 2 ? 500 : 200;
        await SubmitAsync("webhook-again-01", data: null, ("jobs/a", []));
        var first = await WaitAsync("webhook-again-01");
        Receiver.Answer = _ => 503;
        await SubmitAsync("webhook-never-01", new JsonObject { ["fail"] = true }, ("jobs/a", []));
        var second = await WaitAsync("webhook-never-01");

        Assert.Equal((WebhookDelivery.Delivered, 3), (first.Webhooks![0].Status, first.Webhooks[0].Attempts));
        Assert.Equal((WebhookDelivery.Failed, 3, 503), (second.Webhooks![0].Status, second.Webhooks[0].Attempts, second.Webhooks[0].HttpStatus));
        Assert.Equal(("completed", "failed"), (first.Status, second.Status));
        Assert.Equal(2, Receiver.Messages.Select(message => message.Headers["webhook-id"]).Distinct().Count());
        Assert.All(Receiver.Messages, AssertSigned);
        Assert.Single(Receiver.Messages.Take(3).Select(message => Convert.ToHexString(message.Body)).Distinct());
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        Receiver.Answer = _ => 302;
        await SubmitAsync("webhook-moved-01", data: null, ("jobs/a", []));

        var job = await WaitAsync("webhook-moved-01");

        Assert.Equal((WebhookDelivery.Failed, 1, 302), (job.Webhooks![0].Status, job.Webhooks[0].Attempts, job.Webhooks[0].HttpStatus));
        Assert.Single(Receiver.Messages);
    }

    [Fact]
    public async Task A_service_that_is_killed_between_attempts_goes_on_with_the_delivery()
    {
        Receiver.Answer = number => number == 0 ? 500 : 200;
        await SubmitAsync("webhook-kill-01", data: null, ("jobs/a", []));
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (Receiver.Messages.IsEmpty)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), timeout.Token);
        }

        await Service.KillAsync();
        await Service.StartAsync();
        var job = await WaitAsync("webhook-kill-01");

        // The answer to the first message may have been lost with the service, so that it does not count.
        Assert.Equal(WebhookDelivery.Delivered, job.Webhooks![0].Status);
        Assert.Equal(2, Receiver.Messages.Count);
        Assert.Single(Receiver.Messages.Select(message => message.Headers["webhook-id"]).Distinct());
    }

    [Fact]
    public async Task What_the_service_does_not_allow_is_refused_with_the_document()
    {
        using var response = await PostAsync("webhook-deny-01", data: null, ("elsewhere", []));

        var problem = await response.Content.ReadFromJsonAsync<ServiceProblem>(ProtocolJson.Options);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(("/notifications/webhooks/0/url", ErrorCodes.PathNotAllowed), (problem!.Violations![0].Pointer, problem.Violations[0].Code));
    }

    private static void AssertSigned(ReceivedMessage message)
    {
        var (id, timestamp) = (message.Headers["webhook-id"], message.Headers["webhook-timestamp"]);
        var signed = Encoding.UTF8.GetBytes($"{id}.{timestamp}.{Encoding.UTF8.GetString(message.Body)}");
        Assert.Equal($"v1,{Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), signed))}", message.Headers["webhook-signature"]);
        Assert.InRange(DateTimeOffset.FromUnixTimeSeconds(long.Parse(timestamp, System.Globalization.CultureInfo.InvariantCulture)), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow);
    }

    private async Task<HttpResponseMessage> PostAsync(string jobId, JsonNode? data, params (string Path, string[] On)[] webhooks)
    {
        var document = Jobs.Echo(jobId, data);
        document["notifications"] = new JsonObject
        {
            ["webhooks"] = new JsonArray([.. webhooks.Select(webhook => new JsonObject
            {
                ["url"] = Receiver.Address + webhook.Path,
                ["on"] = new JsonArray([.. webhook.On.Select(status => JsonValue.Create(status))]),
            })]),
        };
        using var content = new StringContent(document.ToJsonString(), Encoding.UTF8, "application/json");
        return await Service.Http.PostAsync("jobs", content);
    }

    private async Task SubmitAsync(string jobId, JsonNode? data, params (string Path, string[] On)[] webhooks)
    {
        using var response = await PostAsync(jobId, data, webhooks);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until every delivery of a job has ended.</summary>
    private async Task<JobView> WaitAsync(string jobId)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var job = await Service.Http.GetFromJsonAsync<JobView>($"jobs/{jobId}", ProtocolJson.Options, timeout.Token);
            if (job?.Webhooks is { Count: > 0 } webhooks && webhooks.All(webhook => webhook.Status != WebhookDelivery.Pending))
            {
                return job;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), timeout.Token);
        }
    }

    /// <summary>A service and somebody whom it may call.</summary>
    public sealed class ReceivingService : IAsyncLifetime
    {
        private Azurite? _azurite;
        private Receiver? _receiver;
        private ServiceProcess? _service;

        internal Receiver Receiver => _receiver ?? throw new InvalidOperationException("Not started.");

        internal ServiceProcess Service => _service ?? throw new InvalidOperationException("Not started.");

        public async Task InitializeAsync()
        {
            _azurite = await Azurite.StartAsync();
            _receiver = await Receiver.StartAsync();
            _service = await ServiceProcess.StartAsync(
                _azurite,
                ("Webhooks__Allowed", $"{_receiver.Address}jobs/"),
                ("Webhooks__AllowLoopback", "true"),
                ("Webhooks__Keys__default", Key),
                ("Webhooks__FirstDelaySeconds", "1"),
                ("Webhooks__MaximumAttempts", "3"));
        }

        public async Task DisposeAsync()
        {
            await Service.DisposeAsync();
            await Receiver.DisposeAsync();
            await (_azurite?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }
}
