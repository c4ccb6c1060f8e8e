using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using FromBodyAttribute = Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.Http;

public sealed class HttpTriggerTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(typeof(Functions));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_function_without_route_answers_at_its_name_below_api()
        => Assert.Equal("hello", await _host.Client.GetStringAsync("/api/Text"));

    [Fact]
    public async Task A_route_parameter_becomes_the_parameters_type()
        => Assert.Equal("43", await _host.Client.GetStringAsync("/api/numbers/42"));

    [Fact]
    public async Task A_route_constraint_decides_whether_the_route_matches()
        => Assert.Equal(HttpStatusCode.NotFound, (await _host.Client.GetAsync("/api/numbers/many")).StatusCode);

    [Fact]
    public async Task An_optional_route_parameter_that_is_missing_is_null()
        => Assert.Equal("none", await _host.Client.GetStringAsync("/api/optional"));

    [Fact]
    public async Task A_route_value_that_does_not_convert_is_a_bad_request_that_names_it()
    {
        var response = await _host.Client.GetAsync("/api/days/someday");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("'day' must be a DayOfWeek", await Detail(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_method_that_is_not_listed_is_not_allowed()
        => Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _host.Client.DeleteAsync("/api/numbers/42")).StatusCode);

    [Fact]
    public async Task An_action_result_is_executed()
    {
        var response = await _host.Client.GetAsync("/api/Action");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("/there", response.Headers.Location?.ToString());
        Assert.Equal("""{"size":3}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_plain_object_is_sent_as_json()
    {
        var response = await _host.Client.GetAsync("/api/Plain");

        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(5, (await response.Content.ReadFromJsonAsync<Box>())?.Size);
    }

    [Fact]
    public async Task A_function_that_returns_nothing_answers_as_it_left_the_response()
        => Assert.Equal(HttpStatusCode.NoContent, (await _host.Client.PostAsync("/api/Nothing", null)).StatusCode);

    [Fact]
    public async Task A_value_task_is_awaited()
        => Assert.Equal("awaited", await _host.Client.GetStringAsync("/api/Awaited"));

    [Fact]
    public async Task A_json_body_becomes_a_parameter()
        => Assert.Equal("8", await Read(await _host.Client.PostAsJsonAsync("/api/Body", new Box(7))));

    [Fact]
    public async Task A_body_that_is_no_json_is_a_bad_request()
    {
        using var body = new StringContent("{", Encoding.UTF8, "application/json");

        var response = await _host.Client.PostAsync("/api/Body", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("JSON of a Box", await Detail(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_as_too_large()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions), new() { ["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] = "1000" });
        using var body = new StringContent($"\"{new string('x', 1000)}\"", Encoding.UTF8, "application/json");

        var response = await host.Client.PostAsync("/api/Body", body);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Empty(host.Logs.Of(1003));
    }

    [Fact]
    public async Task Request_data_carries_the_whole_request_and_its_response_the_whole_answer()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/data?q=1");
        request.Headers.Add("x-mark", "m");
        request.Content = new StringContent("body");

        var response = await _host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("PUT 1 m body", await response.Content.ReadAsStringAsync());
        Assert.Equal("yes", Assert.Single(response.Headers.GetValues("x-answer")));
        Assert.Equal("c=1; path=/", Assert.Single(response.Headers.GetValues("Set-Cookie")));
    }

    [Fact]
    public async Task An_exception_is_a_problem_document_without_its_text_and_is_logged_once()
    {
        var response = await _host.Client.GetAsync("/api/Fails");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("secret", Assert.Single(_host.Logs.Of(1003)).Exception?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_who_leaves_cancels_the_function()
    {
        using var caller = new CancellationTokenSource();
        var request = _host.Client.GetAsync("/api/Waits", caller.Token);
        Assert.Equal("waiting", await _host.Received.NextAsync());

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        Assert.Equal("cancelled", await _host.Received.NextAsync());
    }

    [Fact]
    public async Task An_instance_is_made_for_each_call_and_disposed_after_it()
    {
        await _host.Client.GetStringAsync("/api/Text");
        await _host.Client.GetStringAsync("/api/Text");

        Assert.Equal(["disposed", "disposed"], await _host.Received.NextAsync(2));
    }

    private static Task<string> Read(HttpResponseMessage response) => response.Content.ReadAsStringAsync();

    private static async Task<string?> Detail(HttpResponseMessage response)
        => (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString();

    public sealed record Box(int Size);

    public sealed class Functions(Received received) : IDisposable
    {
        public void Dispose() => received.Add("disposed");

        [Function("Text")]
        public string Text([HttpTrigger("get")] HttpRequest request) => "hello";

        [Function("Number")]
        public static IResult Number([HttpTrigger("get", Route = "numbers/{number:int}")] HttpRequest request, int number)
            => Results.Text($"{number + 1}");

        [Function("Optional")]
        public static string Optional([HttpTrigger("get", Route = "optional/{number?}")] HttpRequest request, int? number)
            => number?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none";

        [Function("Day")]
        public static string Day([HttpTrigger("get", Route = "days/{day}")] HttpRequest request, DayOfWeek day) => day.ToString();

        [Function("Action")]
        public static IActionResult Action([HttpTrigger("get")] HttpContext context) => new CreatedResult("/there", new Box(3));

        [Function("Plain")]
        public static Task<Box> Plain([HttpTrigger("get")] HttpRequest request) => Task.FromResult(new Box(5));

        [Function("Nothing")]
        public static void Nothing([HttpTrigger("post")] HttpRequest request)
            => request.HttpContext.Response.StatusCode = StatusCodes.Status204NoContent;

        [Function("Awaited")]
        public static async ValueTask<string> Awaited([HttpTrigger("get")] HttpRequest request)
        {
            await Task.Yield();
            return "awaited";
        }

        [Function("Body")]
        public static string Body([HttpTrigger("post")] HttpRequest request, [FromBody] Box box) => $"{box.Size + 1}";

        [Function("Data")]
        public static async Task<HttpResponseData> Data([HttpTrigger("put", Route = "data")] HttpRequestData request)
        {
            var response = request.CreateResponse(HttpStatusCode.Accepted);
            response.Headers.Add("x-answer", "yes");
            response.Cookies.Append(new HttpCookie("c", "1") { Path = "/" });
            var mark = string.Join(',', request.Headers.GetValues("x-mark"));
            await response.WriteStringAsync($"{request.Method} {request.Query["q"]} {mark} {await request.ReadAsStringAsync()}");
            return response;
        }

        [Function("Fails")]
        public static string Fails([HttpTrigger("get")] HttpRequest request) => throw new InvalidOperationException("secret");

        [Function("Waits")]
        public async Task<string> Waits([HttpTrigger("get")] HttpRequest request, CancellationToken cancellationToken)
        {
            received.Add("waiting");
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                received.Add("cancelled");
                throw;
            }

            return "never";
        }
    }
}
