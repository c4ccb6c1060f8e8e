using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.Durable;

/// <summary>HTTP requests of orchestrators, made to functions of the same host.</summary>
public sealed class CallHttpTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(typeof(Functions));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_answer_has_status_headers_and_content()
    {
        Answer answer = await CallAsync("Echo", retries: 0, follows: false);

        Assert.Equal(new Answer(HttpStatusCode.OK, "POST body", "yes"), answer);
    }

    [Fact]
    public async Task A_failure_is_repeated_as_the_request_says()
    {
        Answer answer = await CallAsync("FailsTwice", retries: 3, follows: false);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(3, _host.Received.Rest().Count);
    }

    [Fact]
    public async Task Without_retries_a_failure_is_the_answer() =>
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await CallAsync("Fails", retries: 0, follows: false)).Status);

    [Fact]
    public async Task An_accepted_request_is_followed_to_its_end() =>
        Assert.Equal(new Answer(HttpStatusCode.OK, "ready", null), await CallAsync("Accepts", retries: 0, follows: true));

    [Fact]
    public async Task An_accepted_request_is_not_followed_unasked() =>
        Assert.Equal(HttpStatusCode.Accepted, (await CallAsync("Accepts", retries: 0, follows: false)).Status);

    private async Task<Answer> CallAsync(string function, int retries, bool follows)
    {
        var client = _host.Services.GetRequiredService<DurableTaskClient>();
        var call = new Call(new Uri(_host.Client.BaseAddress!, $"/api/{function}"), retries, follows);
        string id = await client.ScheduleNewOrchestrationInstanceAsync("Calls", call, CancellationToken.None);
        OrchestrationMetadata ended = await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);
        return ended.ReadOutputAs<Answer>()!;
    }

    public sealed record Call(Uri Address, int Retries, bool Follows);

    public sealed record Answer(HttpStatusCode Status, string? Content, string? Marked);

    public static class Functions
    {
        private static int s_calls;

        [Function("Calls")]
        public static async Task<Answer> Calls([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            Call call = context.GetInput<Call>()!;
            HttpRetryOptions? retry = call.Retries == 0
                ? null
                : new() { MaxNumberOfAttempts = call.Retries, FirstRetryInterval = TimeSpan.FromMilliseconds(1) };
            DurableHttpResponse response = await context.CallHttpAsync(HttpMethod.Post, call.Address, "body", retry, call.Follows);
            return new Answer(response.StatusCode, response.Content, response.Headers?.TryGetValue("x-marked", out var marked) == true ? marked.ToString() : null);
        }

        [Function("Echo")]
        public static async Task<IResult> Echo([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request)
        {
            request.HttpContext.Response.Headers["X-Marked"] = "yes";
            return Results.Text($"{request.Method} {await new StreamReader(request.Body).ReadToEndAsync()}");
        }

        [Function("Fails")]
        public static IResult Fails([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) =>
            Results.StatusCode(request.Method == "POST" ? 503 : 404);

        [Function("FailsTwice")]
        public static IResult FailsTwice([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request)
        {
            var received = request.HttpContext.RequestServices.GetRequiredService<Received>();
            received.Add("call");
            return Results.StatusCode(Interlocked.Increment(ref s_calls) % 3 == 0 ? 200 : 503);
        }

        [Function("Accepts")]
        public static IResult Accepts([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request)
        {
            request.HttpContext.Response.Headers.RetryAfter = "0";
            return request.Method == "GET" ? Results.Text("ready") : Results.Accepted("/api/Accepts");
        }
    }
}
