using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.Durable;

/// <summary>Entity functions in the running host, signalled over the durable HTTP API.</summary>
public sealed class EntityFunctionTests : IAsyncLifetime
{
    private const string Entities = "/runtime/webhooks/durabletask/entities";
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(typeof(Functions));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("ByClass")]
    [InlineData("ByState")]
    [InlineData("ByObject")]
    [InlineData("ByFunction")]
    public async Task An_entity_function_dispatches_to_a_class_a_state_an_object_or_a_function(string name)
    {
        await SignalAsync($"{name}/k", "add", "20");
        await SignalAsync($"{name}/k", "add", "22");

        Assert.Equal(42, await ValueAsync($"{name}/k", value => value == 42));
    }

    [Fact]
    public async Task The_functions_name_is_the_entitys_unless_its_attribute_names_another()
    {
        await SignalAsync("renamed/k", "add", "1");

        Assert.Equal(1, await ValueAsync("Renamed/k", value => value == 1));
    }

    [Fact]
    public async Task Operations_that_wait_together_share_one_call_of_the_function()
    {
        var client = _host.Services.GetRequiredService<DurableTaskClient>();
        var id = new EntityInstanceId("Counted", "k");

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => client.Entities.SignalEntityAsync(id, "add", 1)));
        await ValueAsync("Counted/k", value => value == 200);

        Assert.InRange(_host.Received.Rest().Count, 1, 199);
    }

    [Fact]
    public async Task A_function_that_dispatches_nothing_or_throws_gives_its_operations_up()
    {
        await SignalAsync("Idle/k", "add", "1");
        await SignalAsync("Throws/k", "add", "1");
        await Eventually.TrueAsync(
            () => Task.FromResult(_host.Received.Rest().Count >= 0 && Waiting("idle") == 0 && Waiting("throws") == 0), Patience());

        Assert.Equal(HttpStatusCode.NotFound, (await _host.Client.GetAsync(new Uri($"{Entities}/Idle/k", UriKind.Relative))).StatusCode);

        int Waiting(string name) => _host.Services.GetRequiredService<DurableTaskClient>().Entities
            .GetAllEntitiesAsync(new EntityQuery { IncludeTransient = true, InstanceIdStartsWith = name })
            .ToBlockingEnumerable().Single().BacklogQueueSize;
    }

    [Fact]
    public async Task A_signal_over_http_is_accepted_and_its_body_is_the_input_json_or_text()
    {
        using var json = await SignalAsync("ByText/json", "set", """{"a":1}""");
        using var text = await SignalAsync("ByText/text", "set", "plain", "text/plain");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (json.StatusCode, text.StatusCode));
        Assert.Equal("""{"a":1}""", (await StateAsync("ByText/json", _ => true)).GetRawText());
        Assert.Equal("\"plain\"", (await StateAsync("ByText/text", _ => true)).GetRawText());
    }

    [Theory]
    [InlineData("POST", "Counted/k", HttpStatusCode.BadRequest)]
    [InlineData("POST", "Counted/k?op=add", HttpStatusCode.BadRequest)]
    [InlineData("GET", "Counted/nobody", HttpStatusCode.NotFound)]
    [InlineData("GET", "Cou@nted/k", HttpStatusCode.BadRequest)]
    [InlineData("GET", "?top=x", HttpStatusCode.BadRequest)]
    [InlineData("GET", "", HttpStatusCode.OK)]
    [InlineData("DELETE", "Counted/k", HttpStatusCode.Accepted)]
    public async Task Requests_are_answered_by_the_status_codes_of_azure(string method, string path, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{Entities}/{path}");
        if (method == "POST")
        {
            request.Content = new StringContent("{", Encoding.UTF8, "application/json");
        }

        using HttpResponseMessage response = await _host.Client.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Deleting_over_http_removes_the_state()
    {
        await SignalAsync("ByState/gone", "add", "1");
        await ValueAsync("ByState/gone", value => value == 1);

        using HttpResponseMessage response = await _host.Client.DeleteAsync(new Uri($"{Entities}/ByState/gone", UriKind.Relative));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await Eventually.TrueAsync(
            async () => (await _host.Client.GetAsync(new Uri($"{Entities}/ByState/gone", UriKind.Relative))).StatusCode == HttpStatusCode.NotFound,
            Patience());
    }

    [Fact]
    public async Task A_listing_over_http_names_entities_and_shows_states_when_asked()
    {
        await SignalAsync("ByClass/one", "add", "1");
        await ValueAsync("ByClass/one", value => value == 1);

        JsonElement bare = Assert.Single(await ListAsync("ByClass"));
        JsonElement full = Assert.Single(await ListAsync("byclass?fetchState=true"));

        Assert.Equal("""{"name":"byclass","key":"one"}""", bare.GetProperty("entityId").GetRawText());
        Assert.False(bare.TryGetProperty("state", out _));
        Assert.EndsWith("Z", bare.GetProperty("lastOperationTime").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, full.GetProperty("state").GetProperty("Value").GetInt32());
    }

    [Fact]
    public async Task A_long_listing_over_http_goes_on_by_its_header()
    {
        foreach (string key in new[] { "1", "2", "3" })
        {
            await SignalAsync($"ByState/{key}", "add", "1");
            await ValueAsync($"ByState/{key}", value => value == 1);
        }

        using HttpResponseMessage first = await _host.Client.GetAsync(new Uri($"{Entities}/ByState?top=2", UriKind.Relative));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Entities}/ByState?top=2");
        request.Headers.Add("x-ms-continuation-token", first.Headers.GetValues("x-ms-continuation-token"));
        using HttpResponseMessage second = await _host.Client.SendAsync(request);

        Assert.Equal(2, (await first.Content.ReadFromJsonAsync<JsonElement[]>())?.Length);
        Assert.Equal(1, (await second.Content.ReadFromJsonAsync<JsonElement[]>())?.Length);
        Assert.False(second.Headers.Contains("x-ms-continuation-token"));
    }

    private static CancellationToken Patience() => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    private Task<HttpResponseMessage> SignalAsync(string entity, string operation, string body, string type = "application/json") =>
        _host.Client.PostAsync(new Uri($"{Entities}/{entity}?op={operation}", UriKind.Relative), new StringContent(body, Encoding.UTF8, type));

    private async Task<JsonElement[]> ListAsync(string path) =>
        await _host.Client.GetFromJsonAsync<JsonElement[]>(new Uri($"{Entities}/{path}", UriKind.Relative)) ?? [];

    private async Task<int> ValueAsync(string entity, Predicate<int> isThere) => Value(await StateAsync(entity, state => isThere(Value(state))));

    private static int Value(JsonElement state) => state.ValueKind == JsonValueKind.Number ? state.GetInt32() : state.GetProperty("Value").GetInt32();

    private async Task<JsonElement> StateAsync(string entity, Predicate<JsonElement> isThere)
    {
        JsonElement state = default;
        await Eventually.TrueAsync(
            async () =>
            {
                using HttpResponseMessage response = await _host.Client.GetAsync(new Uri($"{Entities}/{entity}", UriKind.Relative));
                if (response.StatusCode != HttpStatusCode.OK)
                {
                    return false;
                }

                state = await response.Content.ReadFromJsonAsync<JsonElement>();
                return isThere(state);
            },
            Patience());
        return state;
    }

    public sealed class Sum : TaskEntity<SumState>
    {
        public void Add(int amount) => State.Add(amount);
    }

    public sealed class SumState
    {
        public int Value { get; set; }

        public void Add(int amount) => Value += amount;
    }

    public sealed class Functions
    {
        [Function("ByClass")]
        public static Task ByClass([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<Sum>();

        [Function("ByState")]
        public static Task ByState([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<SumState>();

        [Function("ByObject")]
        public Task ByObject([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync(new Sum());

        [Function("ByFunction")]
        public static Task ByFunction([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync(operation =>
        {
            operation.State.SetState(operation.State.GetState(0) + operation.GetInput<int>());
            return default;
        });

        [Function("ByText")]
        public static Task ByText([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync(operation =>
        {
            operation.State.SetState(operation.GetInput<JsonElement>());
            return default;
        });

        [Function("Another")]
        public static Task Another([EntityTrigger(EntityName = "Renamed")] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<Sum>();

        [Function("Counted")]
        public static Task Counted([EntityTrigger] TaskEntityDispatcher dispatcher, FunctionContext context)
        {
            context.InstanceServices.GetRequiredService<Received>().Add("called");
            return dispatcher.DispatchAsync<Sum>();
        }

        [Function("Idle")]
        public static Task Idle([EntityTrigger] TaskEntityDispatcher dispatcher) => Task.CompletedTask;

        [Function("Throws")]
        public static Task Throws([EntityTrigger] TaskEntityDispatcher dispatcher) => throw new InvalidOperationException("thrown");
    }
}
