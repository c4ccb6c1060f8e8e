using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Store.Records;

namespace Orchestration.EmbeddedRuntime.Store.Reading;

/// <summary>
/// The query of a listing, written so that an index gives the rows in the order that is wanted: a page costs the same in a store of any size.
/// </summary>
internal static class InstanceListing
{
    private static readonly OrchestrationRuntimeStatus[] FinalStatuses =
        [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    /// <summary>Gives a command its parameters, and returns its text, which is built of constants and numbers.</summary>
    /// <param name="command">The command.</param>
    /// <param name="columns">What it selects; <c>key</c>, <c>created_at</c> and <c>completed_at</c> must be among it.</param>
    /// <param name="filter">What it looks for.</param>
    public static string Write(SqliteCommand command, string columns, InstanceFilter filter)
    {
        string time = filter.IsByCompletion ? "completed_at" : "created_at";
        string common = Common(command, filter, time);
        string order = $" ORDER BY {time}, key LIMIT $limit";
        command.Parameters.AddWithValue("$limit", filter.Limit);

        IReadOnlyList<OrchestrationRuntimeStatus> statuses = filter is { IsByCompletion: true, Statuses.Count: 0 } ? FinalStatuses : filter.Statuses;
        if (filter.InstanceIdPrefix is { Length: > 0 } prefix)
        {
            command.Parameters.AddWithValue("$prefix", prefix);
            string oneOf = statuses.Count == 0 ? string.Empty : $" AND status IN ({string.Join(',', statuses.Select(Number))})";
            // The range is the index's; names are compared exactly beside it.
            return $"SELECT {columns} FROM instances INDEXED BY sqlite_autoindex_instances_1 "
                + "WHERE instance_id >= $prefix AND instance_id < $prefix || char(1114111) AND substr(instance_id, 1, length($prefix)) = $prefix"
                + oneOf + common + order;
        }

        if (statuses.Count == 0)
        {
            return $"SELECT {columns} FROM instances WHERE 1{common}{order}";
        }

        // Each status has its rows in order already; they are merged.
        var text = new StringBuilder();
        foreach (OrchestrationRuntimeStatus status in statuses.Distinct())
        {
            // What follows the status repeats the condition of the index, by which it is found usable.
            string index = filter.IsByCompletion ? " AND completed_at IS NOT NULL"
                : status == OrchestrationRuntimeStatus.Completed ? string.Empty : " AND status <> 1";
            text.Append(text.Length == 0 ? string.Empty : " UNION ALL ")
                .Append(CultureInfo.InvariantCulture, $"SELECT {columns} FROM instances WHERE status = {Number(status)}{index}{common}");
        }

        return text.Append(order).ToString();
    }

    private static string Common(SqliteCommand command, InstanceFilter filter, string time)
    {
        var text = new StringBuilder();
        Where("created_at >=", "$createdFrom", filter.CreatedFrom);
        Where("created_at <=", "$createdTo", filter.CreatedTo);
        Where("completed_at >=", "$completedFrom", filter.CompletedFrom);
        Where("completed_at <=", "$completedTo", filter.CompletedTo);
        if (filter.After is { } after)
        {
            text.Append(CultureInfo.InvariantCulture, $" AND ({time}, key) > ($afterTicks, $afterKey)");
            command.Parameters.AddWithValue("$afterTicks", after.Ticks);
            command.Parameters.AddWithValue("$afterKey", after.Key);
        }

        return text.ToString();

        void Where(string comparison, string parameter, DateTime? value)
        {
            if (value is { Ticks: var ticks })
            {
                text.Append(" AND ").Append(comparison).Append(' ').Append(parameter);
                command.Parameters.AddWithValue(parameter, ticks);
            }
        }
    }

    private static string Number(OrchestrationRuntimeStatus status) => ((int)status).ToString(CultureInfo.InvariantCulture);
}
