using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.DurableApi;

/// <summary>Over HTTP, against the running engine.</summary>
public abstract class DurableApiTest : IAsyncLifetime
{
    protected const string Api = "/runtime/webhooks/durabletask";

    private TestHost? _host;

    private protected TestHost Host => _host ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(typeof(Functions));

    public async Task DisposeAsync() => await Host.DisposeAsync();

    protected static async Task<JsonElement> Json(HttpResponseMessage response) => await response.Content.ReadFromJsonAsync<JsonElement>();

    protected static IEnumerable<string?> Ids(JsonElement list)
        => list.EnumerateArray().Select(instance => instance.GetProperty("instanceId").GetString());

    protected Task<HttpResponseMessage> GetAsync(string path) => Host.Client.GetAsync($"{Api}/{path}");

    protected async Task<HttpResponseMessage> PostAsync(string path, string? json)
    {
        using var content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        return await Host.Client.PostAsync($"{Api}/{path}", content);
    }

    protected async Task StartWaitingAsync(string id)
    {
        await PostAsync($"orchestrators/Waiting/{id}", "1");
        await WaitForAsync(id, "Running");
    }

    protected async Task<JsonElement> WaitForAsync(string id, string runtimeStatus)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var response = await GetAsync($"instances/{id}");
            var status = await Json(response);
            if (response.IsSuccessStatusCode && status.GetProperty("runtimeStatus").GetString() == runtimeStatus
                && (runtimeStatus != "Running" || status.GetProperty("customStatus").ValueKind != JsonValueKind.Null))
            {
                return status;
            }

            await Task.Delay(20, timeout.Token);
        }
    }

    public static class Functions
    {
        [Function("Echo")]
        public static async Task<JsonElement> Echo([OrchestrationTrigger] TaskOrchestrationContext context)
            => await context.CallActivityAsync<JsonElement>("Same", context.GetInput<JsonElement>());

        [Function("Same")]
        public static JsonElement Same([ActivityTrigger] JsonElement input) => input;

        [Function("Waiting")]
        public static async Task<string> Waiting([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            context.SetCustomStatus("waiting");
            return await context.WaitForExternalEvent<string>("Go");
        }

        [Function("Failing")]
        public static Task Failing([OrchestrationTrigger] TaskOrchestrationContext context)
            => throw new InvalidOperationException($"{context.InstanceId} fails on purpose");
    }
}
