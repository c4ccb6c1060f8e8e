using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Schemas;
using Orchestration.Protocol.Validation;

namespace Orchestration.Protocol.Tests.Schemas;

public class JobSchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(JobSchema.Json.Span)!;

    /// <summary>Each part of the envelope: the type, and where the schema describes it.</summary>
    public static TheoryData<Type, string> Parts => new()
    {
        { typeof(JobDocument), "" },
        { typeof(JobPayload), "payload" },
        { typeof(JobMetadata), "metadata" },
        { typeof(JobExecution), "execution" },
        { typeof(JobConstraints), "constraints" },
        { typeof(JobRouting), "routing" },
        { typeof(JobObservability), "observability" },
        { typeof(JobAudit), "audit" },
        { typeof(JobAuthorization), "audit/authorization" },
        { typeof(JobNotifications), "notifications" },
        { typeof(JobWebhook), "notifications/webhooks/*" },
    };

    /// <summary>Members and values, good and bad, that schema and reader must judge alike.</summary>
    public static TheoryData<string, string> Values => new()
    {
        { "$schema", "7" }, { "$schema", "null" }, { "version", "\"1.0\"" }, { "version", "\"1.12\"" }, { "version", "\"2.0\"" }, { "version", "1.0" }, { "version", "null" },
        { "job_id", "\"short\"" }, { "job_id", "\"long-enough\"" }, { "job_id", "\"../../etc\"" }, { "created_at", "\"yesterday\"" },
        { "created_at", "\"2026-03-01T08:00:00.25+02:00\"" }, { "created_at", "\"2026-03-01T08:00:00\"" }, { "kind", "\"Coffee\"" }, { "payload", "{}" }, { "payload", "[]" },
        { "metadata", "null" }, { "metadata", """{"labels":{"a":"b"}}""" }, { "metadata", """{"labels":{"a":1}}""" }, { "metadata", """{"name":false}""" },
        { "execution", """{"attempt":0}""" }, { "execution", """{"attempt":1,"max_attempts":100}""" }, { "execution", """{"max_attempts":101}""" },
        { "execution", """{"timeout_seconds":86400}""" }, { "execution", """{"timeout_seconds":86401}""" }, { "execution", """{"priority":10}""" },
        { "execution", """{"priority":11}""" }, { "execution", """{"priority":1.5}""" }, { "execution", """{"priority":null}""" }, { "execution", """{"cancellable":"no"}""" },
        { "execution", """{"deadline":"2036-03-01T08:00:00Z"}""" }, { "execution", """{"deadline":7}""" }, { "execution", """{"idempotency_key":7}""" },
        { "execution", """{"depends_on":["another-job"]}""" }, { "execution", """{"depends_on":["x"]}""" }, { "execution", """{"depends_on":["another-job","another-job"]}""" },
        { "execution", """{"on_dependency_failure":"run"}""" }, { "execution", """{"on_dependency_failure":"panic"}""" },
        { "constraints", """{"required_capabilities":["a"]}""" }, { "constraints", """{"required_capabilities":"a"}""" }, { "constraints", """{"required_features":[1]}""" },
        { "constraints", """{"minimum_worker_version":"1.2.3-rc.1+b"}""" }, { "constraints", """{"minimum_worker_version":"1.2"}""" }, { "constraints", """{"minimum_worker_version":"01.2.3"}""" },
        { "constraints", """{"maximum_disk_size_gb":0}""" }, { "constraints", """{"minimum_memory_gb":1}""" }, { "constraints", """{"minimum_free_disk_gb":0}""" },
        { "constraints", """{"require_privileged":1}""" }, { "constraints", """{"allowed_worker_pools":["a"],"acme.example/gpu":{"any":1}}""" },
        { "routing", """{"worker_id":"w","affinity":{"a":"b"},"anti_affinity":{"c":["d"]}}""" }, { "routing", """{"anti_affinity":{"c":"d"}}""" }, { "routing", """{"affinity":[]}""" },
        { "observability", """{"trace_id":1}""" }, { "audit", """{"authorization":{"method":"m","subject":"s"}}""" }, { "audit", """{"authorization":{"method":"m"}}""" },
        { "notifications", """{"webhooks":[{"url":"https://hooks.example/a","on":["failed"]}]}""" }, { "notifications", """{"webhooks":[{"url":"ftp://hooks.example"}]}""" },
        { "notifications", """{"webhooks":[{"on":["failed"]}]}""" }, { "notifications", """{"webhooks":[{"url":"https://hooks.example","on":["sometimes"]}]}""" },
        { "x_future", """{"kept":true}""" },
    };

    [Theory]
    [MemberData(nameof(Parts))]
    public void Every_field_is_described_and_no_other(Type type, string place)
    {
        var part = Schema;
        foreach (var segment in place.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            part = segment == "*" ? part["items"]! : part["properties"]![segment]!;
        }

        var fields = ProtocolJson.Options.GetTypeInfo(type).Properties.Where(property => !property.IsExtensionData).ToList();
        Assert.Equal(Sorted(fields.Select(field => field.Name)), Sorted(part["properties"]!.AsObject().Select(property => property.Key)));
        Assert.Equal(
            Sorted(fields.Where(field => field.IsRequired).Select(field => field.Name)),
            Sorted((part["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>())));
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void The_schema_and_the_reader_judge_alike(string member, string value)
    {
        var job = JsonNode.Parse("""
            {"version":"1.0","job_id":"job-schema-01","created_at":"2026-03-01T08:00:00Z","kind":"VMOperation",
             "operation":"system.echo","payload":{"type":"system.echo.v1","data":null}}
            """)!.AsObject();
        job[member] = JsonNode.Parse(value);

        var accepted = JobDocumentReader.Read(Encoding.UTF8.GetBytes(job.ToJsonString())).Violations.Count == 0;

        Assert.Equal(accepted, new SchemaValidator(Schema).Accepts(job));
    }

    [Fact]
    public void The_schema_goes_by_the_name_that_the_builder_writes() => Assert.Equal(JobDocument.SchemaName, Schema["$id"]!.GetValue<string>());

    [Fact]
    public void The_defaults_are_those_of_the_types()
    {
        var defaults = JsonSerializer.SerializeToNode(new JobExecution(), ProtocolJson.Options)!;

        Assert.All(
            Schema["properties"]!["execution"]!["properties"]!.AsObject().Where(field => field.Value!["default"] is not null && field.Key != "on_dependency_failure"),
            field => Assert.True(JsonNode.DeepEquals(field.Value!["default"], defaults[field.Key]), field.Key));
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> names) => names.Order(StringComparer.Ordinal);
}
