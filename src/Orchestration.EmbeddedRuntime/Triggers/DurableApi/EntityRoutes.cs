using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;
using Orchestration.EmbeddedRuntime.Triggers.Http;

namespace Orchestration.EmbeddedRuntime.Triggers.DurableApi;

/// <summary>Signalling entities and asking for their state.</summary>
internal sealed class EntityRoutes(DurableTaskClient client)
{
    /// <summary>200 with the state; 404 where there is none.</summary>
    public async Task<IResult> GetAsync(HttpContext http, string entityName, string entityKey)
    {
        EntityInstanceId id = Id(entityName, entityKey);
        return await client.Entities.GetEntityAsync(id, includeState: true, http.RequestAborted) is { IncludesState: true } entity
            ? Results.Json(DurableJson.Element(entity.State.Value))
            : HttpProblems.NotFound($"There is no entity '{id}'.");
    }

    /// <summary>One page, of one name or of all; the header <c>x-ms-continuation-token</c> leads to the next.</summary>
    public async Task<IResult> ListAsync(HttpContext http, string? entityName)
    {
        var query = new ApiQuery(http.Request);
        var size = query.PageSize;
        var filter = new EntityQuery
        {
            InstanceIdStartsWith = entityName is null ? null : Id(entityName, string.Empty).ToString(),
            LastModifiedFrom = query.Time("lastOperationTimeFrom"),
            LastModifiedTo = query.Time("lastOperationTimeTo"),
            IncludeState = query.Flag("fetchState"),
            PageSize = size,
        };
        await foreach (var page in client.Entities.GetAllEntitiesAsync(filter).AsPages(query.ContinuationToken, size)
            .WithCancellation(http.RequestAborted))
        {
            if (page.ContinuationToken is { } next)
            {
                http.Response.Headers[ApiQuery.ContinuationHeader] = next;
            }

            return Results.Json(page.Values.Select(EntityStatus.From));
        }

        return Results.Json(Array.Empty<EntityStatus>());
    }

    /// <summary>202: the operation <c>op</c> will run, with the body as its input: JSON, or a text where the body is not said to be JSON.</summary>
    public async Task<IResult> SignalAsync(HttpContext http, string entityName, string entityKey)
    {
        EntityInstanceId id = Id(entityName, entityKey);
        if (new ApiQuery(http.Request).Text("op") is not { } operation)
        {
            return HttpProblems.BadRequest("The query parameter 'op' is required: the operation's name.");
        }

        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        object? input = body.Length == 0 ? null : http.Request.HasJsonContentType() ? DurableJson.Parse(body) : body;
        await client.Entities.SignalEntityAsync(id, operation, input, options: null, http.RequestAborted);
        return Results.Accepted();
    }

    /// <summary>202: the operation "delete" will run.</summary>
    public async Task<IResult> DeleteAsync(HttpContext http, string entityName, string entityKey)
    {
        await client.Entities.SignalEntityAsync(Id(entityName, entityKey), "delete", http.RequestAborted);
        return Results.Accepted();
    }

    private static EntityInstanceId Id(string name, string key) =>
        name.Contains('@', StringComparison.Ordinal)
            ? throw new BadHttpRequestException("An entity's name may not contain '@'.")
            : new EntityInstanceId(name, key);

    /// <summary>An entity in a listing.</summary>
    private sealed record EntityStatus(
        [property: JsonPropertyName("entityId")] EntityStatus.EntityName EntityId,
        [property: JsonPropertyName("lastOperationTime")] string LastOperationTime,
        [property: JsonPropertyName("state"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? State)
    {
        public static EntityStatus From(EntityMetadata entity) => new(
            new EntityName(entity.Id.Name, entity.Id.Key),
            DurableJson.Time(entity.LastModifiedTime),
            entity.IncludesState ? DurableJson.Element(entity.State.Value) : null);

        public sealed record EntityName([property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("key")] string Key);
    }
}
