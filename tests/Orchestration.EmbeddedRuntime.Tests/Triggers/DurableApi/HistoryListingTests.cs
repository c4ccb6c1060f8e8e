using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.DurableApi;

/// <summary>The history in an instance's status.</summary>
public sealed class HistoryListingTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(typeof(Functions));
        var client = _host.Services.GetRequiredService<DurableTaskClient>();
        await client.ScheduleNewOrchestrationInstanceAsync("Everything", "in", new StartOrchestrationOptions("one"));
        await client.RaiseEventAsync("one", "Go", 7);
        await client.WaitForInstanceCompletionAsync("one");
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task It_is_shown_when_asked_for_only() =>
        Assert.False((await StatusAsync("")).TryGetProperty("historyEvents", out _));

    [Fact]
    public async Task A_call_and_its_answer_are_one_event()
    {
        JsonElement[] events = await HistoryAsync("showHistory=true&showHistoryOutput=true");

        Assert.Equal(
            ["ExecutionStarted", "EventRaised", "TaskCompleted", "TaskFailed", "SubOrchestrationInstanceCompleted", "TimerFired", "ExecutionCompleted"],
            events.Select(Type));
        JsonElement call = events.Single(one => Type(one) == "TaskCompleted");
        Assert.Equal("Double", call.GetProperty("FunctionName").GetString());
        Assert.Equal(7, call.GetProperty("Input").GetInt32());
        Assert.Equal(14, call.GetProperty("Result").GetInt32());
        Assert.True(call.GetProperty("ScheduledTime").GetDateTime() < call.GetProperty("Timestamp").GetDateTime());
        Assert.Equal("on purpose", events.Single(one => Type(one) == "TaskFailed").GetProperty("Reason").GetString());
        Assert.Equal("Completed", events[^1].GetProperty("OrchestrationStatus").GetString());
        Assert.Equal(14, events[^1].GetProperty("Result").GetInt32());
    }

    [Fact]
    public async Task Results_are_left_out_unless_asked_for()
    {
        JsonElement[] events = await HistoryAsync("showHistory=true");

        Assert.DoesNotContain(events, one => one.TryGetProperty("Result", out _));
        Assert.Equal("in", events[0].GetProperty("Input").GetString());
    }

    [Fact]
    public async Task Inputs_are_left_out_on_request() =>
        Assert.DoesNotContain(await HistoryAsync("showHistory=true&showInput=false"), one => one.TryGetProperty("Input", out _));

    private static string? Type(JsonElement one) => one.GetProperty("EventType").GetString();

    private async Task<JsonElement[]> HistoryAsync(string query) => [.. (await StatusAsync(query)).GetProperty("historyEvents").EnumerateArray()];

    private Task<JsonElement> StatusAsync(string query) =>
        _host.Client.GetFromJsonAsync<JsonElement>($"/runtime/webhooks/durabletask/instances/one?{query}");

    public static class Functions
    {
        [Function("Everything")]
        public static async Task<int> Everything([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            int number = await context.WaitForExternalEvent<int>("Go");
            int doubled = await context.CallActivityAsync<int>("Double", number);
            try
            {
                await context.CallActivityAsync("Fail", number);
            }
            catch (TaskFailedException)
            {
                await context.CallSubOrchestratorAsync("Child");
            }

            await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
            return doubled;
        }

        [Function("Child")]
        public static Task<string> Child([OrchestrationTrigger] TaskOrchestrationContext context) => Task.FromResult(context.InstanceId);

        [Function("Double")]
        public static int Double([ActivityTrigger] int input) => 2 * input;

        [Function("Fail")]
        public static int Fail([ActivityTrigger] int input) => throw new InvalidOperationException(input > 0 ? "on purpose" : "?");
    }
}
