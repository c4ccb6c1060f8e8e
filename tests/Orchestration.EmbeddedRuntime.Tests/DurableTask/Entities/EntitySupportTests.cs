using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Microsoft.DurableTask.Worker;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask.Entities;

public class EntitySupportTests
{
    [Fact]
    public async Task A_worker_without_entity_support_has_none_for_its_orchestrators()
    {
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Signals", context => context.Entities.SignalEntityAsync(new EntityInstanceId("any", "k"), "Any")),
            worker => worker.Configure(options => options.EnableEntitySupport = false));

        OrchestrationMetadata ended = await host.RunAsync("Signals");

        Assert.Equal(typeof(NotSupportedException).FullName, ended.FailureDetails?.ErrorType);
        Assert.Equal("Durable entities are disabled because DurableTaskWorkerOptions.EnableEntitySupport=false", ended.FailureDetails?.ErrorMessage);
    }

    [Fact]
    public async Task A_client_without_entity_support_has_no_entities()
    {
        await using var host = await DurableTestHost.StartAsync(
            _ => { }, client: client => client.Configure(options => options.EnableEntitySupport = false));

        Assert.Throws<NotSupportedException>(() => host.Client.Entities);
    }

    [Fact]
    public async Task An_id_of_an_entity_is_refused_for_an_orchestration()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Any", _ => 1));

        await Assert.ThrowsAsync<ArgumentException>(
            () => host.Client.ScheduleNewOrchestrationInstanceAsync("Any", new StartOrchestrationOptions("@counter@k"), host.Timeout));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.RaiseEventAsync("@counter@k", "Any", host.Timeout));
    }
}
