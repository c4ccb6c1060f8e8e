using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.Http;

public sealed class AccessKeyTests
{
    private static readonly Dictionary<string, string?> AllKeys = new()
    {
        ["EmbeddedRuntime:Keys:Function"] = "function-key",
        ["EmbeddedRuntime:Keys:System"] = "system-key",
        ["EmbeddedRuntime:Keys:Admin"] = "admin-key",
    };

    [Theory]
    [InlineData("/api/Anonymous", null, HttpStatusCode.OK)]
    [InlineData("/api/Function", null, HttpStatusCode.Unauthorized)]
    [InlineData("/api/Function", "function-ke", HttpStatusCode.Unauthorized)]
    [InlineData("/api/Function", "system-key", HttpStatusCode.Unauthorized)]
    [InlineData("/api/Function", "function-key", HttpStatusCode.OK)]
    [InlineData("/api/Function", "admin-key", HttpStatusCode.OK)]
    [InlineData("/api/Admin", "function-key", HttpStatusCode.Unauthorized)]
    [InlineData("/api/Admin", "admin-key", HttpStatusCode.OK)]
    [InlineData("/runtime/webhooks/durabletask/entities/a", "function-key", HttpStatusCode.Unauthorized)]
    [InlineData("/runtime/webhooks/durabletask/entities/a", "system-key", HttpStatusCode.OK)]
    public async Task Each_level_opens_to_its_own_key_and_to_the_admin_key(string path, string? key, HttpStatusCode expected)
    {
        await using var host = await TestHost.StartAsync(typeof(Functions), AllKeys);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("x-functions-key", key);

        Assert.Equal(expected, (await host.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task The_key_may_come_in_the_query()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions), AllKeys);

        Assert.Equal("open", await host.Client.GetStringAsync("/api/Function?code=function-key"));
    }

    [Fact]
    public async Task A_level_without_a_key_of_its_own_opens_to_the_admin_key_alone()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions), new() { ["EmbeddedRuntime:Keys:Admin"] = "admin-key" });

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.GetAsync("/api/Function")).StatusCode);
        Assert.Equal("open", await host.Client.GetStringAsync("/api/Function?code=admin-key"));
    }

    [Fact]
    public async Task On_loopback_without_any_key_everything_is_open()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions));

        Assert.Equal("open", await host.Client.GetStringAsync("/api/Admin"));
    }

    [Theory]
    [InlineData("Host", "rebound.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "https://page.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Host", "localhost:7071", HttpStatusCode.OK)]
    [InlineData("Origin", "http://localhost:3000", HttpStatusCode.OK)]
    public async Task Without_any_key_web_pages_from_elsewhere_are_turned_away(string header, string value, HttpStatusCode expected)
    {
        await using var host = await TestHost.StartAsync(typeof(Functions));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/Anonymous");
        request.Headers.Add(header, value);

        Assert.Equal(expected, (await host.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public void On_another_address_the_host_refuses_to_start_without_keys()
    {
        var exception = Assert.Throws<FunctionHostException>(
            () => TestHost.Build(typeof(Functions), new() { ["address"] = "0.0.0.0" }));

        Assert.Equal("keys.missing", exception.Code);
    }

    public static class Functions
    {
        [Function("Anonymous")]
        public static string Anonymous([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => "open";

        [Function("Function")]
        public static string Function([HttpTrigger] HttpRequest request) => "open";

        [Function("Admin")]
        public static string Admin([HttpTrigger(AuthorizationLevel.Admin)] HttpRequest request) => "open";
    }
}
