using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using Orchestration.Protocol;
using Orchestration.Protocol.Schedules;
using Orchestration.Protocol.Schemas;
using Orchestration.Protocol.Service;

namespace Orchestration.Functions.Api;

/// <summary>
/// The HTTP interface as OpenAPI 3.1. It is made from the functions' own attributes and the types that they answer with, so that it cannot
/// leave out a route or a field.
/// </summary>
public static partial class OpenApiDocument
{
    private static readonly Lazy<string> Text = new(() => Create().ToJsonString(ProtocolJson.Indented));

    public static string Json => Text.Value;

    private static JsonObject Create()
    {
        var schemas = new JsonObject
        {
            ["JobDocument"] = JsonNode.Parse(JobSchema.Json.Span),
            ["JobBatch"] = new JsonObject { ["type"] = "array", ["items"] = Reference("schemas", "JobDocument") },
            ["Schedule"] = SchemaOf(typeof(ScheduleDocument)),
            ["Problem"] = SchemaOf(typeof(ServiceProblem)),
        };
        var paths = new JsonObject();
        foreach (var functions in HttpFunction.All.GroupBy(function => function.Route))
        {
            var path = new JsonObject();
            foreach (var function in functions)
            {
                foreach (var method in function.Methods)
                {
                    path[method.ToLowerInvariant()] = Describe(function, method, schemas);
                }
            }

            paths[$"/{functions.Key}"] = path;
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Orchestration",
                ["description"] = "Jobs on virtual-machine disk images. Every path is served below /api/v1 as well.",
                ["version"] = "1",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }, new JsonObject { ["url"] = "/api/v1" }),
            ["security"] = new JsonArray(new JsonObject { ["key"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["key"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-functions-key" },
                },
                ["responses"] = new JsonObject
                {
                    ["Problem"] = new JsonObject
                    {
                        ["description"] = "Problem details (RFC 9457) with a code.",
                        ["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = Reference("schemas", "Problem") } },
                    },
                },
                ["schemas"] = schemas,
            },
        };
    }

    private static JsonObject Describe(HttpFunction function, string method, JsonObject schemas)
    {
        var description = ApiDescriptions.All.GetValueOrDefault(function.Name) ?? new ApiDescription(Words(function.Name), 200, null, "application/json");
        var operation = new JsonObject
        {
            ["operationId"] = function.Methods.Count == 1 ? function.Name : $"{function.Name}{method}",
            ["summary"] = description.Summary,
            ["responses"] = new JsonObject
            {
                [$"{description.Status}"] = new JsonObject
                {
                    ["description"] = "Success.",
                    ["content"] = Content(description.MediaTypes, description.Answer is { } answer ? Reference("schemas", Keep(answer, schemas)) : new JsonObject()),
                },
                ["default"] = Reference("responses", "Problem"),
            },
        };
        JsonArray parameters =
        [
            .. function.Parameters.Select(name => Parameter(name, "path", required: true, description: null)),
            .. description.Query.Select(query => Parameter(query.Key, "query", required: false, query.Value)),
        ];
        if (parameters.Count > 0)
        {
            operation["parameters"] = parameters;
        }

        if (description.Body is { } body)
        {
            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(body.MediaTypes, Reference("schemas", body.Schema)) };
        }

        if (!function.NeedsKey)
        {
            operation["security"] = new JsonArray();
        }

        return operation;
    }

    private static JsonObject Parameter(string name, string place, bool required, string? description)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place, ["required"] = required, ["schema"] = new JsonObject { ["type"] = "string" } };
        if (description is not null)
        {
            parameter["description"] = description;
        }

        return parameter;
    }

    private static JsonObject Content(IReadOnlyList<string> mediaTypes, JsonObject schema) =>
        new(mediaTypes.Select(type => KeyValuePair.Create(type, (JsonNode?)new JsonObject { ["schema"] = schema.DeepClone() })));

    private static JsonObject Reference(string kind, string name) => new() { ["$ref"] = $"#/components/{kind}/{name}" };

    private static string Keep(Type type, JsonObject schemas)
    {
        schemas[type.Name] ??= SchemaOf(type);
        return type.Name;
    }

    private static JsonNode SchemaOf(Type type) => ProtocolJson.Options.GetJsonSchemaAsNode(
        type, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true });

    /// <summary>A function's name as words: <c>CancelJob</c> is "Cancel job."</summary>
    private static string Words(string name) => $"{name[0]}{Capital().Replace(name[1..], match => $" {match.Value.ToLowerInvariant()}")}.";

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
