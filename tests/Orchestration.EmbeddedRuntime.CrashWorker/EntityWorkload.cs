using Microsoft.DurableTask;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace Orchestration.EmbeddedRuntime.CrashWorker;

/// <summary>Counts how often each numbered mark was made.</summary>
public sealed class Tally : TaskEntity<Dictionary<int, int>>
{
    public int Mark(int number)
    {
        State[number] = State.GetValueOrDefault(number) + 1;
        return State.Count;
    }
}

/// <summary>An account. Only a transfer that has it locked may set it, or money is lost.</summary>
public sealed class Account : TaskEntity<AccountState>
{
    public int Balance() => State.Balance;

    public void SetBalance(int balance)
    {
        State.Balance = balance;
        State.Changes++;
    }
}

/// <summary>The state of an <see cref="Account"/>.</summary>
public sealed class AccountState
{
    public int Balance { get; set; }

    /// <summary>How often it was set.</summary>
    public int Changes { get; set; }
}

/// <summary>Orchestrations that signal, call and lock entities.</summary>
public static class EntityWorkload
{
    /// <summary>Marks that each tally gets.</summary>
    public const int Marks = 4;

    private const int Accounts = 6;

    /// <summary>The tally that an orchestration marks.</summary>
    public static EntityInstanceId TallyOf(string instanceId) => new(nameof(Tally), instanceId);

    /// <summary>The tally that the client marks beside a Signals instance.</summary>
    public static EntityInstanceId TallyOfClient(string instanceId) => new(nameof(Tally), $"client-{instanceId}");

    /// <summary>Waits until no message waits for any entity.</summary>
    public static async Task IdleAsync(DurableEntityClient entities)
    {
        do
        {
            // Longer than any signal is delayed.
            await Task.Delay(200);
        }
        while (await entities.GetAllEntitiesAsync(new EntityQuery { IncludeTransient = true }).AnyAsync(entity => entity.BacklogQueueSize > 0));
    }

    internal static void Register(DurableTaskRegistry registry)
    {
        registry.AddEntity<Tally>().AddEntity<Account>();

        registry.AddOrchestratorFunc("Signals", async context =>
        {
            EntityInstanceId tally = TallyOf(context.InstanceId);
            for (int mark = 0; mark < Marks; mark++)
            {
                SignalEntityOptions? options = mark == 0 ? new DateTimeOffset(context.CurrentUtcDateTime.AddMilliseconds(50)) : null;
                await context.Entities.SignalEntityAsync(tally, nameof(Tally.Mark), mark, options);
            }

            return Marks;
        });

        registry.AddOrchestratorFunc("Calls", async context =>
        {
            int marked = 0;
            for (int mark = 0; mark < Marks; mark++)
            {
                marked = await context.Entities.CallEntityAsync<int>(TallyOf(context.InstanceId), nameof(Tally.Mark), mark);
            }

            return marked;
        });

        registry.AddOrchestratorFunc("Transfer", async context =>
        {
            byte[] random = context.NewGuid().ToByteArray();
            int from = random[0] % Accounts;
            int to = (from + 1 + (random[1] % (Accounts - 1))) % Accounts;
            var source = new EntityInstanceId(nameof(Account), $"{from}");
            var target = new EntityInstanceId(nameof(Account), $"{to}");
            await using (await context.Entities.LockEntitiesAsync(source, target))
            {
                int[] balances = await Task.WhenAll(
                    context.Entities.CallEntityAsync<int>(source, nameof(Account.Balance)),
                    context.Entities.CallEntityAsync<int>(target, nameof(Account.Balance)));
                await Task.WhenAll(
                    context.Entities.CallEntityAsync(source, nameof(Account.SetBalance), balances[0] - 1),
                    context.Entities.CallEntityAsync(target, nameof(Account.SetBalance), balances[1] + 1));
            }

            return 1;
        });
    }
}
