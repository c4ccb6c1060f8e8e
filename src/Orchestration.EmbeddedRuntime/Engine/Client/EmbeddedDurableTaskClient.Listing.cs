using System.Globalization;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Store.Records;

namespace Orchestration.EmbeddedRuntime.Engine.Client;

/// <content>Listings of instances, page by page.</content>
internal sealed partial class EmbeddedDurableTaskClient
{
    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        OrchestrationQuery query = filter ?? new OrchestrationQuery();
        return Pageable.Create((continuation, pageSizeHint, cancellation) =>
        {
            cancellation.ThrowIfCancellationRequested();
            Page<InstanceRecord> page = ListPage(
                new InstanceFilter
                {
                    CreatedFrom = query.CreatedFrom?.UtcDateTime,
                    CreatedTo = query.CreatedTo?.UtcDateTime,
                    Statuses = [.. query.Statuses ?? []],
                    InstanceIdPrefix = query.InstanceIdPrefix,
                    Limit = pageSizeHint ?? query.PageSize,
                    WithPayloads = query.FetchInputsAndOutputs,
                },
                continuation ?? query.ContinuationToken);
            return Task.FromResult(new Page<OrchestrationMetadata>(
                [.. page.Values.Select(record => ToMetadata(record, query.FetchInputsAndOutputs))], page.ContinuationToken));
        });
    }

    public override Task<Page<string>> ListInstanceIdsAsync(
        IEnumerable<OrchestrationRuntimeStatus>? runtimeStatus = null,
        DateTimeOffset? completedTimeFrom = null,
        DateTimeOffset? completedTimeTo = null,
        int pageSize = OrchestrationQuery.DefaultPageSize,
        string? lastInstanceKey = null,
        CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        Page<InstanceRecord> page = ListPage(
            new InstanceFilter
            {
                Statuses = runtimeStatus?.ToArray() is { Length: > 0 } asked ? asked : FinalStatuses,
                CompletedFrom = completedTimeFrom?.UtcDateTime,
                CompletedTo = completedTimeTo?.UtcDateTime,
                Limit = pageSize,
            },
            lastInstanceKey);
        return Task.FromResult(new Page<string>([.. page.Values.Select(record => record.InstanceId)], page.ContinuationToken));
    }

    private Page<InstanceRecord> ListPage(InstanceFilter filter, string? continuationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(filter.Limit);
        // One more than asked for tells whether there is a next page.
        IReadOnlyList<InstanceRecord> records = _engine.Reader.List(filter with { After = ParseToken(continuationToken), Limit = filter.Limit + 1 });
        return records.Count <= filter.Limit
            ? new Page<InstanceRecord>(records)
            : new Page<InstanceRecord>([.. records.Take(filter.Limit)], ToToken(filter.PositionOf(records[filter.Limit - 1])));
    }

    private static string ToToken(ListPosition position) => string.Create(CultureInfo.InvariantCulture, $"{position.Ticks}.{position.Key}");

    private static ListPosition? ParseToken(string? token)
    {
        if (token is null)
        {
            return null;
        }

        return token.Split('.') is [var first, var second]
            && long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out long ticks)
            && long.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out long key)
            ? new ListPosition(ticks, key)
            : throw new ArgumentException($"'{token}' is not a continuation token of this store.", nameof(token));
    }
}
