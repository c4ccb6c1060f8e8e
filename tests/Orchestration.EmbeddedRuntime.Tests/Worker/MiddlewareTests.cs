using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Hosting;
using Orchestration.EmbeddedRuntime.Tests.Triggers;

namespace Orchestration.EmbeddedRuntime.Tests.Worker;

public sealed class MiddlewareTests
{
    [Fact]
    public async Task The_middleware_added_first_is_the_outermost()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions), configure: builder =>
        {
            builder.UseMiddleware(async (context, next) =>
            {
                Trail(context).Add("outer");
                await next();
                Trail(context).Add("out");
            });
            builder.UseMiddleware<Inner>();
        });

        await host.Client.GetStringAsync("/api/Echo/x");

        Assert.Equal(["outer", "inner", "in", "out"], await Ordered(host, 4));
    }

    [Fact]
    public async Task Middleware_sees_the_http_context_and_replaces_the_result()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions), configure: builder => builder.UseMiddleware(async (context, next) =>
        {
            await next();
            var result = context.GetInvocationResult<string>();
            result.Value = $"{context.GetHttpContext()?.Request.Method} {result.Value}";
        }));

        Assert.Equal("GET x", await host.Client.GetStringAsync("/api/Echo/x"));
    }

    [Fact]
    public async Task Middleware_may_change_what_a_function_receives()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions), configure: builder => builder.UseMiddleware(async (context, next) =>
        {
            var request = await context.BindInputAsync<HttpRequest>(context.FunctionDefinition.InputBindings["request"]);
            request.Value = new DefaultHttpContext { Request = { Method = "OTHER" } }.Request;
            await next();
        }));

        Assert.Equal("OTHER", await host.Client.GetStringAsync("/api/Method"));
    }

    [Fact]
    public async Task Middleware_with_a_condition_runs_where_it_holds()
    {
        await using var host = await TestHost.StartAsync(
            typeof(Functions),
            configure: builder => builder.UseWhen<Inner>(context => context.FunctionDefinition.Name == "Method"));

        await host.Client.GetStringAsync("/api/Echo/x");
        Assert.Empty(host.Received.Rest());
        await host.Client.GetStringAsync("/api/Method");

        Assert.Equal(["inner", "in"], await Ordered(host, 2));
    }

    [Fact]
    public async Task The_context_tells_all_about_the_invocation()
    {
        await using var host = await TestHost.StartAsync(typeof(Functions));
        using var activity = new Activity("test").Start();

        var text = await host.Client.GetStringAsync("/api/About/7");

        Assert.Equal(
            $"About {typeof(Functions).FullName}.About httpTrigger:In 7 0/0 {activity.TraceId} Functions",
            text);
    }

    private static Received Trail(FunctionContext context)
        => (Received?)context.InstanceServices.GetService(typeof(Received)) ?? throw new InvalidOperationException();

    private static async Task<List<string>> Ordered(TestHost host, int count)
    {
        var items = new List<string>();
        for (var index = 0; index < count; index++)
        {
            items.Add(await host.Received.NextAsync());
        }

        return items;
    }

    public sealed class Inner(Received received) : IFunctionsWorkerMiddleware
    {
        public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            received.Add("inner");
            await next(context);
            received.Add("in");
        }
    }

    public static class Functions
    {
        [Function("Echo")]
        public static string Echo([HttpTrigger("get", Route = "Echo/{text}")] HttpRequest request, string text) => text;

        [Function("Method")]
        public static string Method([HttpTrigger("get")] HttpRequest request) => request.Method;

        [Function("About")]
        public static string About([HttpTrigger("get", Route = "About/{number}")] HttpRequest request, FunctionContext context)
        {
            var definition = context.FunctionDefinition;
            var binding = definition.InputBindings["request"];
            var trace = context.TraceContext.TraceParent.Split('-') is [_, var traceId, ..] ? traceId : "none";
            return $"{definition.Name} {definition.EntryPoint} {binding.Type}:{binding.Direction} {context.BindingContext.BindingData["NUMBER"]} "
                + $"{context.RetryContext.RetryCount}/{context.RetryContext.MaxRetryCount} {trace} {definition.EntryPoint.Split('+', '.')[^2]}";
        }
    }
}
