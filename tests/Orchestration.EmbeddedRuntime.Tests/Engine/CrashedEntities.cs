using System.Text.Json;
using Microsoft.DurableTask.Entities;
using Orchestration.EmbeddedRuntime.CrashWorker;
using Orchestration.EmbeddedRuntime.Store.Records;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Engine;

/// <summary>What must be true of the entities once everything has ended.</summary>
internal static class CrashedEntities
{
    public static IEnumerable<string> Violations(
        TemporaryFolder folder, IReadOnlyList<InstanceRecord> instances, IReadOnlyList<EntityRecord> entities)
    {
        foreach (EntityRecord entity in entities.Where(entity => entity.LockedBy is not null || entity.Backlog > 0))
        {
            yield return $"{entity.EntityId} is locked by '{entity.LockedBy}' and has {entity.Backlog} messages";
        }

        Dictionary<string, EntityRecord> byId = entities.ToDictionary(entity => entity.EntityId);
        foreach (InstanceRecord marking in instances.Where(instance => instance.Name is "Signals" or "Calls"))
        {
            EntityInstanceId id = EntityWorkload.TallyOf(marking.InstanceId);
            Dictionary<int, int> marks = Marks(byId.GetValueOrDefault(id.ToString()));
            if (marks.Count != EntityWorkload.Marks || marks.Values.Any(times => times != 1))
            {
                yield return $"{id} has {JsonSerializer.Serialize(marks)}";
            }
        }

        foreach (string line in ClientViolations(folder, instances, byId).Concat(AccountViolations(instances, entities)))
        {
            yield return line;
        }
    }

    /// <summary>A signal that was acknowledged counts once; another may count once.</summary>
    private static IEnumerable<string> ClientViolations(
        TemporaryFolder folder, IReadOnlyList<InstanceRecord> instances, Dictionary<string, EntityRecord> byId)
    {
        HashSet<string> acknowledged = [.. File.ReadLines(folder.File("acknowledged.log"))];
        return
            from instance in instances
            where instance.Name == "Signals"
            let id = EntityWorkload.TallyOfClient(instance.InstanceId).ToString()
            let marks = Marks(byId.GetValueOrDefault(id))
            from mark in Enumerable.Range(0, EntityWorkload.Marks)
            let times = marks.GetValueOrDefault(mark)
            where times > 1 || (times == 0 && acknowledged.Contains($"{id} {mark}"))
            select $"mark {mark} of {id} was made {times} times";
    }

    private static IEnumerable<string> AccountViolations(IReadOnlyList<InstanceRecord> instances, IReadOnlyList<EntityRecord> entities)
    {
        AccountState[] accounts =
        [
            .. entities.Where(entity => EntityInstanceId.FromString(entity.EntityId).Name == "account")
                .Select(entity => Read<AccountState>(entity.State)),
        ];
        int transfers = instances.Count(instance => instance.Name == "Transfer");
        if (accounts.Sum(account => account.Balance) != 0 || accounts.Sum(account => account.Changes) != 2 * transfers)
        {
            yield return $"After {transfers} transfers the accounts have {JsonSerializer.Serialize(accounts)}";
        }
    }

    private static Dictionary<int, int> Marks(EntityRecord? tally) => Read<Dictionary<int, int>>(tally?.State);

    private static T Read<T>(string? state)
        where T : new() =>
        state is null ? new T() : JsonSerializer.Deserialize<T>(state) ?? new T();
}
