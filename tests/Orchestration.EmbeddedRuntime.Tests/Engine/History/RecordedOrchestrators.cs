using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Engine.History;

/// <summary>
/// The orchestrators that made the histories in the folder Recorded. They must not change: a new case is a new orchestrator. To record
/// those whose file is missing, run the tests with RECORD_HISTORIES=1.
/// </summary>
internal static class RecordedOrchestrators
{
    /// <summary>Takes an instance, which is already started, to where its history is to be exported.</summary>
    public delegate Task Drive(DurableTestHost host, string instanceId);

    /// <summary>By the name of the orchestrator and of its file.</summary>
    public static IReadOnlyDictionary<string, Drive> All { get; } = new Dictionary<string, Drive>
    {
        ["Activities"] = EndAsync,
        ["Retries"] = EndAsync,
        ["Failure"] = EndAsync,
        ["Timers"] = EndAsync,
        ["Events"] = async (host, id) =>
        {
            await host.Client.RaiseEventAsync(id, "BUFFERED", 1);
            foreach (int number in new[] { 2, 3, 4 })
            {
                await host.Client.RaiseEventAsync(id, "Stacked", number);
            }

            await EndAsync(host, id);
        },
        ["Children"] = EndAsync,
        ["Generations"] = async (host, id) =>
        {
            await host.Client.RaiseEventAsync(id, "Kept", "for a later generation");
            await EndAsync(host, id);
        },
        ["Entities"] = EndAsync,
        ["Suspension"] = async (host, id) =>
        {
            await host.StartOfAsync(id);
            await host.Client.SuspendInstanceAsync(id, "to hold what comes");
            await StatusAsync(host, id, OrchestrationRuntimeStatus.Suspended);
            await host.Client.RaiseEventAsync(id, "Go", "held");
            await host.Client.ResumeInstanceAsync(id, "enough");
            await EndAsync(host, id);
        },
        ["Termination"] = async (host, id) =>
        {
            await host.StartOfAsync(id);
            await host.Client.TerminateInstanceAsync(id, new TerminateInstanceOptions("the end", Recursive: true));
            await EndAsync(host, id);
        },
        ["Waiting"] = (host, id) => host.StartOfAsync(id),
    };

    public static void Register(DurableTaskRegistry tasks) => tasks
        .AddActivityFunc<string, string>("Echo", (_, text) => text)
        .AddActivityFunc<string, string>("Fail", (_, text) => Task.FromException<string>(new InvalidOperationException(text, new TimeoutException("inside"))))
        .AddActivityFunc<string, string>("Block", async (context, _) =>
        {
            await Task.Delay(Timeout.Infinite, ((EmbeddedActivityContext)context).CancellationToken);
            return "never";
        })
        .AddEntity<Counter>()
        .AddOrchestratorFunc<string, string>("Activities", "1.2", ActivitiesAsync)
        .AddOrchestratorFunc<string, int>("Retries", RetriesAsync)
        .AddOrchestratorFunc<string, string>("Failure", (context, _) => context.CallActivityAsync<string>("Fail", "for good"))
        .AddOrchestratorFunc<string, string>("Timers", TimersAsync)
        .AddOrchestratorFunc<string, List<int>>("Events", EventsAsync)
        .AddOrchestratorFunc<string, List<string>>("Children", ChildrenAsync)
        .AddOrchestratorFunc<string, string>("Child", (_, input) => input == "fail" ? throw new ArgumentException("the child's") : input + "!")
        .AddOrchestratorFunc<string, string>("Generations", GenerationsAsync)
        .AddOrchestratorFunc<string, List<int>>("Entities", EntitiesAsync)
        .AddOrchestratorFunc<string, string>("Suspension", (context, _) => context.WaitForExternalEvent<string>("Go"))
        .AddOrchestratorFunc<string, string>("Termination", (context, _) => context.WaitForExternalEvent<string>("Never"))
        .AddOrchestratorFunc<string, string>("Waiting", async (context, _) =>
        {
            await Task.WhenAll(
                context.CallActivityAsync("Block", "x"),
                context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None),
                context.WaitForExternalEvent<string>("Never"));
            return "never";
        });

    private static async Task<string> ActivitiesAsync(TaskOrchestrationContext context, string input)
    {
        context.SetCustomStatus("begun");
        string first = await context.CallActivityAsync<string>("Echo", input);
        Guid id = context.NewGuid();
        var tagged = new TaskOptions(tags: new Dictionary<string, string> { ["color"] = "blue" }) { Version = "7" };
        string[] echoes = await Task.WhenAll(
            context.CallActivityAsync<string>("Echo", id.ToString(), tagged), context.CallActivityAsync<string>("Echo", "Größe \"x\""));
        return $"{first} {echoes[0] == id.ToString()} {context.Version}";
    }

    private static async Task<int> RetriesAsync(TaskOrchestrationContext context, string input)
    {
        int handled = 0;
        var policy = new TaskOptions(new RetryPolicy(3, TimeSpan.FromMilliseconds(1), 2));
        TaskOptions handler = TaskOptions.FromRetryHandler(retry => retry.LastAttemptNumber < 2);
        foreach (TaskOptions options in new[] { policy, handler })
        {
            try
            {
                await context.CallActivityAsync("Fail", input, options);
            }
            catch (TaskFailedException failure) when (failure.FailureDetails.IsCausedBy<InvalidOperationException>())
            {
                handled++;
            }
        }

        return handled;
    }

    private static async Task<string> TimersAsync(TaskOrchestrationContext context, string input)
    {
        await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
        using var loser = new CancellationTokenSource();
        Task late = context.CreateTimer(TimeSpan.FromHours(1), loser.Token);
        // Longer than the longest timer of the host, so it is split.
        await Task.WhenAny(late, context.CreateTimer(TimeSpan.FromMilliseconds(250), CancellationToken.None));
#pragma warning disable CA1849 // Cancelling synchronously keeps the callbacks on the orchestrator's thread.
        loser.Cancel();
#pragma warning restore CA1849
        return input;
    }

    private static async Task<List<int>> EventsAsync(TaskOrchestrationContext context, string input)
    {
        var received = new List<int>();
        Task<int>[] stacked = [.. Enumerable.Range(0, 3).Select(_ => context.WaitForExternalEvent<int>("stacked"))];
        received.AddRange(await Task.WhenAll(stacked));
        received.Add(await context.WaitForExternalEvent<int>("buffered"));
        context.SendEvent(context.InstanceId, "ToMyself", 5);
        context.SendEvent("nobody", "Lost", 6);
        received.Add(await context.WaitForExternalEvent<int>("ToMyself", TimeSpan.FromHours(1)));
        try
        {
            await context.WaitForExternalEvent<int>("Never", TimeSpan.FromMilliseconds(1));
        }
        catch (TaskCanceledException)
        {
            received.Add(-1);
        }

        return received;
    }

    private static async Task<List<string>> ChildrenAsync(TaskOrchestrationContext context, string input)
    {
        var results = new List<string>
        {
            await context.CallSubOrchestratorAsync<string>("Child", input),
            await context.CallSubOrchestratorAsync<string>("Child", input, new TaskOptions().WithInstanceId($"{context.InstanceId}:named")),
        };
        try
        {
            await context.CallSubOrchestratorAsync("Child", "fail");
        }
        catch (TaskFailedException failure)
        {
            results.Add(failure.FailureDetails.ErrorMessage);
        }

        return results;
    }

    private static async Task<string> GenerationsAsync(TaskOrchestrationContext context, string input)
    {
        if (input.Length < 3)
        {
            await context.CallActivityAsync("Echo", input);
            // Somebody else's event, so that the one for the last generation is carried.
            await context.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None);
            context.ContinueAsNew(input + "+");
            return "goes on";
        }

        return input + await context.WaitForExternalEvent<string>("Kept");
    }

    private static async Task<List<int>> EntitiesAsync(TaskOrchestrationContext context, string input)
    {
        EntityInstanceId first = EntityTestTasks.CounterId($"{context.InstanceId}-1");
        EntityInstanceId second = EntityTestTasks.CounterId($"{context.InstanceId}-2");
        await context.Entities.SignalEntityAsync(first, "Add", 1);
        await context.Entities.SignalEntityAsync(first, "Add", 1, new DateTimeOffset(context.CurrentUtcDateTime.AddDays(1)));
        await context.Entities.CallEntityAsync(second, "Add", 10);
        int failed = 0;
        try
        {
            await context.Entities.CallEntityAsync(second, "AddAndThrow", 100);
        }
        catch (EntityOperationFailedException)
        {
            failed++;
        }

        await using (await context.Entities.LockEntitiesAsync(second, first))
        {
            return [.. await Task.WhenAll(
                context.Entities.CallEntityAsync<int>(first, "Get"), context.Entities.CallEntityAsync<int>(second, "Get")), failed];
        }
    }

    private static Task<OrchestrationMetadata> EndAsync(DurableTestHost host, string instanceId) => host.EndOfAsync(instanceId);

    private static Task StatusAsync(DurableTestHost host, string instanceId, OrchestrationRuntimeStatus status) => Eventually.TrueAsync(
        async () => (await host.Client.GetInstanceAsync(instanceId))?.RuntimeStatus == status, host.Timeout);
}
