using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;

namespace Orchestration.EmbeddedRuntime.Triggers.Durable;

/// <summary>Gives the app's durable functions to the engine.</summary>
internal static class DurableFunctionRegistration
{
    public static void AddDurableFunctions(this IServiceCollection services, EmbeddedHostOptions options)
    {
        services.AddEmbeddedDurableEngine(engine =>
        {
            engine.StorePath = Path.Combine(options.DataDirectory, $"{options.HubName}.db");
            engine.HubName = options.HubName;
            engine.WarmOrchestrators = options.WarmOrchestrators;
            engine.PayloadThreshold = options.PayloadThreshold ?? engine.PayloadThreshold;
            engine.MaximumPayload = options.MaximumPayload ?? engine.MaximumPayload;
            engine.MaxConcurrentActivities = options.MaxConcurrentActivities;
            engine.MaxConcurrentOrchestrations = options.MaxConcurrentOrchestrations;
            foreach (var (activity, limit) in options.ActivityLimits)
            {
                engine.ActivityLimits[activity] = limit;
            }

            foreach (var (status, age) in options.Retention)
            {
                engine.Retention[status] = age;
            }
        });
        services.AddDurableTaskClient();
        services.AddDurableTaskWorker();
        services.AddOptions<DurableTaskClientOptions>().PostConfigure<IOptions<WorkerOptions>>((client, worker) =>
            client.DataConverter = ConverterOf(worker.Value));
        services.AddOptions<DurableTaskWorkerOptions>().PostConfigure<IOptions<WorkerOptions>>((tasks, worker) =>
            tasks.DataConverter = ConverterOf(worker.Value));
        services.AddOptions<DurableTaskRegistry>().Configure<FunctionIndex, FunctionInvoker, TimeProvider>((registry, index, invoker, time) =>
        {
            Register(registry, index, invoker);
            registry.AddActivity(HttpActivity.Name, new HttpActivity(time));
        });
    }

    private static SerializerConverter ConverterOf(WorkerOptions options) => new(options.Serializer ?? WorkerOptions.DefaultSerializer);

    private static void Register(DurableTaskRegistry registry, FunctionIndex index, FunctionInvoker invoker)
    {
        foreach (var (function, trigger) in index.Of<OrchestrationTrigger>())
        {
            registry.AddOrchestrator(trigger.TaskName, new OrchestratorFunction(function, trigger, invoker));
        }

        foreach (var (function, trigger) in index.Of<ActivityTrigger>())
        {
            registry.AddActivity(trigger.TaskName, new ActivityFunction(function, trigger, invoker));
        }

        foreach (var (function, trigger) in index.Of<EntityTrigger>())
        {
            registry.AddEntity(trigger.TaskName, new EntityFunction(function, invoker));
        }
    }
}
