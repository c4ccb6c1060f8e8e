using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.Durable;

/// <summary>Functions on the running engine.</summary>
public sealed class DurableFunctionTests
{
    [Fact]
    public async Task An_orchestrator_calls_an_activity_with_its_input_and_returns_its_output()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions));

        Assert.Equal("\"HELLO from first\"", await RunAsync(host, "Shout", "hello", "first"));
    }

    [Fact]
    public async Task An_orchestrator_may_take_its_input_as_a_parameter()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions));

        Assert.Equal("8", await RunAsync(host, "Increment", new Box(7), "typed"));
    }

    [Fact]
    public async Task An_orchestrator_and_an_activity_have_names_of_their_own_where_the_attribute_gives_them()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions));

        Assert.Equal("\"renamed\"", await RunAsync(host, "OtherOrchestrator", null, "named"));
    }

    [Fact]
    public async Task An_activity_is_an_instance_with_services()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions));

        await RunAsync(host, "Report", "injected", "services");

        Assert.Equal("injected", await host.Received.NextAsync());
    }

    [Fact]
    public async Task Middleware_runs_around_activities_and_every_replay_of_an_orchestrator()
    {
        var names = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using var host = await TestHost.StartAsync(typeof(Functions), configure: builder => builder.UseMiddleware(async (context, next) =>
        {
            names.Enqueue(context.FunctionDefinition.Name);
            await next();
        }));

        await RunAsync(host, "Shout", "hello", "wrapped");

        Assert.Equal("Shout", names.First());
        Assert.Single(names, "Upper");
    }

    [Fact]
    public async Task An_orchestration_knows_its_function_context()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions));

        Assert.Equal("\"WhoAmI known\"", await RunAsync(host, "WhoAmI", null, "known"));
    }

    [Fact]
    public async Task The_state_of_an_orchestration_survives_a_restart_of_the_host()
    {
        var directory = Directory.CreateTempSubdirectory("durable-restart-");
        await using (var first = await TestHost.StartAsync(typeof(Functions), dataDirectory: directory.FullName))
        {
            var client = Client(first);
            await client.ScheduleNewOrchestrationInstanceAsync("Patient", new StartOrchestrationOptions("patient"));
            await client.WaitForInstanceStartAsync("patient");
        }

        await using (var second = await TestHost.StartAsync(typeof(Functions), dataDirectory: directory.FullName))
        {
            await Client(second).RaiseEventAsync("patient", "Go", "after");
            var instance = await WaitAsync(second, "patient");
            Assert.Equal("\"after\"", instance.SerializedOutput);
        }

        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_terminated_orchestration_cancels_the_token_of_its_activity()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions));
        await Client(host).ScheduleNewOrchestrationInstanceAsync("Endless", new StartOrchestrationOptions("endless"));
        Assert.Equal("begun", await host.Received.NextAsync());

        await Client(host).TerminateInstanceAsync("endless");

        Assert.Equal("cancelled", await host.Received.NextAsync());
    }

    [Fact]
    public async Task A_check_status_response_leads_to_the_result()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions));

        var response = await host.Client.PostAsync("/api/start", null);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var payload = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(payload.GetProperty("statusQueryGetUri").GetString(), response.Headers.Location?.OriginalString);
        Assert.Equal(
            ["id", "purgeHistoryDeleteUri", "sendEventPostUri", "statusQueryGetUri", "terminatePostUri", "suspendPostUri", "resumePostUri"],
            payload.EnumerateObject().Select(property => property.Name));
        await WaitAsync(host, payload.GetProperty("id").GetString() ?? string.Empty);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync(response.Headers.Location)).StatusCode);
    }

    [Theory]
    [InlineData("Shout", "Completed", HttpStatusCode.OK)]
    [InlineData("Failing", "Failed", HttpStatusCode.InternalServerError)]
    public async Task A_caller_may_wait_for_the_end(string orchestrator, string runtimeStatus, HttpStatusCode expected)
    {
        await using var host = await TestHost.StartAsync(typeof(Functions));

        var response = await host.Client.PostAsync($"/api/wait/{orchestrator}/30", null);

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(runtimeStatus, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("runtimeStatus").GetString());
    }

    [Fact]
    public async Task A_caller_who_has_waited_long_enough_is_told_where_to_ask()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions));

        var response = await host.Client.PostAsync("/api/wait/Patient/0", null);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await host.Client.GetAsync(response.Headers.Location)).StatusCode);
    }

    [Fact]
    public async Task Management_addresses_follow_the_proxy_in_front_and_carry_the_system_key()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions), new() { ["EmbeddedRuntime:Keys:System"] = "a key" });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/payload");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "vm.example");

        var payload = await (await host.Client.SendAsync(request)).Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(
            "https://vm.example/runtime/webhooks/durabletask/instances/a%2Fb/terminate?reason={{text}}&taskHub=TestHubName&connection=Storage&code=a%20key",
            payload.GetProperty("terminatePostUri").GetString());
    }

    [Fact]
    public async Task Without_a_request_management_addresses_are_where_the_host_listens()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions));

        var payload = Client(host).CreateHttpManagementPayload("x");

        Assert.StartsWith($"{host.Client.BaseAddress}runtime/webhooks/durabletask/instances/x?", payload.StatusQueryGetUri, StringComparison.Ordinal);
    }

    private static DurableTaskClient Client(TestHost host) => host.Services.GetRequiredService<DurableTaskClient>();

    private static async Task<string?> RunAsync(TestHost host, string name, object? input, string id)
    {
        await Client(host).ScheduleNewOrchestrationInstanceAsync(name, input, new StartOrchestrationOptions(id));
        return (await WaitAsync(host, id)).SerializedOutput;
    }

    private static async Task<OrchestrationMetadata> WaitAsync(TestHost host, string id)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await Client(host).WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, timeout.Token);
    }

    public sealed record Box(int Size);

    public sealed class Functions(Received received)
    {
        [Function("Shout")]
        public static Task<string> Shout([OrchestrationTrigger] TaskOrchestrationContext context)
            => context.CallActivityAsync<string>("Upper", context.GetInput<string>());

        [Function("Upper")]
        public static string Upper([ActivityTrigger] string text, string instanceId) => $"{text.ToUpperInvariant()} from {instanceId}";

        [Function("Increment")]
        public static Task<int> Increment([OrchestrationTrigger] TaskOrchestrationContext context, Box box)
            => context.CallActivityAsync<int>("Add", box);

        [Function("Add")]
        public static int Add([ActivityTrigger] Box box) => box.Size + 1;

        [Function("Named")]
        public static Task<string> Named([OrchestrationTrigger(Orchestration = "OtherOrchestrator")] TaskOrchestrationContext context)
            => context.CallActivityAsync<string>("OtherActivity");

        [Function("NamedActivity")]
        public static string NamedActivity([ActivityTrigger(Activity = "OtherActivity")] FunctionContext context)
            => context.FunctionDefinition.Name == "NamedActivity" ? "renamed" : "?";

        [Function("Report")]
        public static Task Report([OrchestrationTrigger] TaskOrchestrationContext context)
            => context.CallActivityAsync("Reporter", context.GetInput<string>());

        [Function("Reporter")]
        public void Reporter([ActivityTrigger] string text) => received.Add(text);

        [Function("WhoAmI")]
        public static string WhoAmI([OrchestrationTrigger] TaskOrchestrationContext context)
            => $"{context.GetFunctionContext()?.FunctionDefinition.Name} {context.InstanceId}";

        [Function("Patient")]
        public static Task<string> Patient([OrchestrationTrigger] TaskOrchestrationContext context)
            => context.WaitForExternalEvent<string>("Go");

        [Function("Endless")]
        public static Task Endless([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync("Wait");

        [Function("Wait")]
        public async Task Wait([ActivityTrigger] object? nothing, FunctionContext context, CancellationToken cancellationToken)
        {
            Assert.Equal(context.CancellationToken, cancellationToken);
            received.Add("begun");
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                received.Add("cancelled");
            }
        }

        [Function("Start")]
        public static async Task<HttpResponseData> Start(
            [HttpTrigger("post", Route = "start")] HttpRequestData request,
            [DurableClient] DurableTaskClient client,
            CancellationToken cancellationToken)
        {
            var id = await client.ScheduleNewOrchestrationInstanceAsync("Shout", input: "x", cancellation: cancellationToken);
            return await client.CreateCheckStatusResponseAsync(request, id, cancellationToken);
        }

        [Function("Failing")]
        public static Task Failing([OrchestrationTrigger] TaskOrchestrationContext context)
            => throw new InvalidOperationException($"{context.InstanceId} fails on purpose");

        [Function("StartAndWait")]
        public static async Task<HttpResponseData> StartAndWait(
            [HttpTrigger("post", Route = "wait/{orchestrator}/{seconds:int}")] HttpRequestData request,
            [DurableClient] DurableTaskClient client,
            string orchestrator,
            int seconds)
        {
            var id = await client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input: "x");
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
            return await client.WaitForCompletionOrCreateCheckStatusResponseAsync(
                request, id, returnInternalServerErrorOnFailure: true, cancellation: patience.Token);
        }

        [Function("Payload")]
        public static HttpManagementPayload Payload(
            [HttpTrigger("get", Route = "payload")] HttpRequestData request, [DurableClient] DurableTaskClient client)
            => client.CreateHttpManagementPayload("a/b", request);
    }
}
