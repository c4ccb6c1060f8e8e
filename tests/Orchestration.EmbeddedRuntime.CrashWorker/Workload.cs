using System.Globalization;
using Microsoft.DurableTask;

namespace Orchestration.EmbeddedRuntime.CrashWorker;

/// <summary>
/// Orchestrations of every kind whose output tells whether something was lost or counted twice. Ids are "{batch}-{kind}-{number}".
/// </summary>
public static class Workload
{
    /// <summary>Events that an Events instance waits for.</summary>
    public const int Events = 3;

    private const int FanOut = 5;
    private const int Generations = 4;

    /// <summary>Output of a completed instance, by kind.</summary>
    public static IReadOnlyDictionary<string, int> ExpectedOutputs { get; } = new Dictionary<string, int>
    {
        ["FanOut"] = FanOut,
        ["Timers"] = 3,
        ["Events"] = Events,
        ["Parent"] = 2,
        ["Child"] = 1,
        ["Loop"] = Generations,
        ["Relay"] = 1,
        ["Signals"] = EntityWorkload.Marks,
        ["Calls"] = EntityWorkload.Marks,
        ["Transfer"] = 1,
        ["Large"] = 1,
    };

    /// <summary>Activities that a completed instance called, by kind. Loop calls one a generation, under the same number.</summary>
    public static IReadOnlyDictionary<string, int> ExpectedActivities { get; } = new Dictionary<string, int>
    {
        ["FanOut"] = FanOut,
        ["Timers"] = 0,
        ["Events"] = 0,
        ["Parent"] = 0,
        ["Child"] = 1,
        ["Loop"] = 1,
        ["Relay"] = 0,
        ["Signals"] = 0,
        ["Calls"] = 0,
        ["Transfer"] = 0,
        ["Large"] = 1,
    };

    /// <summary>Bytes over which this workload keeps values in files.</summary>
    public const int PayloadThreshold = 4_000;

    /// <summary>What an instance begins with, by kind.</summary>
    public static object? InputOf(string kind) => kind switch
    {
        "Loop" => 0,
        "Large" => new string('x', 2 * PayloadThreshold),
        _ => null,
    };

    /// <param name="registry">Where the tasks are added.</param>
    /// <param name="ran">Told each time an activity ran: the instance id and the task's number.</param>
    public static void Register(DurableTaskRegistry registry, Action<string, int> ran)
    {
        EntityWorkload.Register(registry);
        registry.AddActivityFunc("One", async (TaskActivityContext context) =>
        {
            await Task.Delay(5);
            ran(context.InstanceId, ((EmbeddedActivityContext)context).TaskId);
            return 1;
        });

        registry.AddOrchestratorFunc("FanOut", async context =>
            (await Task.WhenAll(Enumerable.Range(0, FanOut).Select(_ => context.CallActivityAsync<int>("One")))).Sum());

        registry.AddOrchestratorFunc("Timers", async context =>
        {
            int fired = 0;
            while (fired < 3)
            {
                await context.CreateTimer(TimeSpan.FromMilliseconds(30), CancellationToken.None);
                fired++;
            }

            return fired;
        });

        registry.AddOrchestratorFunc("Events", async context =>
        {
            int received = 0;
            for (int i = 0; i < Events; i++)
            {
                await context.WaitForExternalEvent<int>(i.ToString(CultureInfo.InvariantCulture));
                received++;
            }

            return received;
        });

        registry.AddOrchestratorFunc("Parent", async context =>
        {
            string[] parts = context.InstanceId.Split('-');
            Task<int>[] children = [.. Enumerable.Range(0, 2).Select(i => context.CallSubOrchestratorAsync<int>(
                "Child", new TaskOptions().WithInstanceId($"{parts[0]}-Child-{parts[2]}.{i}")))];
            return (await Task.WhenAll(children)).Sum();
        });
        registry.AddOrchestratorFunc("Child", context => context.CallActivityAsync<int>("One"));

        registry.AddActivityFunc<string, string>("Echo", (context, text) =>
        {
            ran(context.InstanceId, ((EmbeddedActivityContext)context).TaskId);
            return text;
        });

        // Its input, status, history and results are in files, also of the executions that follow.
        registry.AddOrchestratorFunc<string, int>("Large", async (context, text) =>
        {
            context.SetCustomStatus(text);
            if (await context.CallActivityAsync<string>("Echo", text) != text)
            {
                return 0;
            }

            if (text.Length < (2 * PayloadThreshold) + Generations)
            {
                context.ContinueAsNew(text + "x");
            }

            return 1;
        });

        registry.AddOrchestratorFunc<int, int>("Loop", async (context, sum) =>
        {
            sum += await context.CallActivityAsync<int>("One");
            if (sum < Generations)
            {
                context.ContinueAsNew(sum);
            }

            return sum;
        });

        // Sends itself an event through its own inbox.
        registry.AddOrchestratorFunc("Relay", context =>
        {
            context.SendEvent(context.InstanceId, "Baton", 1);
            return context.WaitForExternalEvent<int>("Baton");
        });
    }
}
