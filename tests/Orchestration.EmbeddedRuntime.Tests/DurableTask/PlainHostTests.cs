using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask;

/// <summary>The engine in a generic .NET host without any functions, as an application would set it up.</summary>
public class PlainHostTests
{
    [Fact]
    public async Task A_generic_host_goes_on_after_a_restart_where_it_stopped()
    {
        using var folder = new TemporaryFolder();
        using (IHost first = Build(folder))
        {
            await first.StartAsync();
            var client = first.Services.GetRequiredService<DurableTaskClient>();
            await client.ScheduleNewOrchestrationInstanceAsync(nameof(Order), "shoes", new StartOrchestrationOptions("order-1"));
            await client.WaitForInstanceStartAsync("order-1");
            await first.StopAsync();
        }

        using IHost second = Build(folder);
        await second.StartAsync();
        DurableTaskClient again = second.Services.GetRequiredService<IDurableTaskClientProvider>().GetClient();
        await again.RaiseEventAsync("order-1", "paid", 30);
        OrchestrationMetadata ended = await again.WaitForInstanceCompletionAsync("order-1", getInputsAndOutputs: true);
        await second.StopAsync();

        Assert.Equal("shoes reserved, paid 30", ended.ReadOutputAs<string>());
    }

    private static IHost Build(TemporaryFolder folder)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddEmbeddedDurableEngine(engine => engine.StorePath = folder.File("orders.db"));
        builder.Services.AddDurableTaskWorker(worker => worker.AddTasks(tasks => tasks.AddOrchestrator<Order>().AddActivity<Reserve>()));
        builder.Services.AddDurableTaskClient(client => client.RegisterDirectly());
        return builder.Build();
    }

    private sealed class Order : TaskOrchestrator<string, string>
    {
        public override async Task<string> RunAsync(TaskOrchestrationContext context, string? input)
        {
            string reserved = await context.CallActivityAsync<string>(nameof(Reserve), input);
            int paid = await context.WaitForExternalEvent<int>("paid");
            return $"{reserved}, paid {paid}";
        }
    }

    private sealed class Reserve(IHostEnvironment environment) : TaskActivity<string, string>
    {
        public override Task<string> RunAsync(TaskActivityContext context, string? input) =>
            Task.FromResult($"{input} {(environment.EnvironmentName.Length > 0 ? "reserved" : "lost")}");
    }
}
