using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Orchestration.Protocol.Validation;

namespace Orchestration.Protocol.Tests.Validation;

/// <summary>Each field of the envelope with values that break its rule.</summary>
public class EnvelopeRulesTests
{
    [Theory]
    [InlineData("$schema", "7", "/$schema")]
    [InlineData("metadata", """{"name":7}""", "/metadata/name")]
    [InlineData("metadata", """{"labels":{"a/b":7}}""", "/metadata/labels/a~1b")]
    [InlineData("metadata", """{"annotations":["x"]}""", "/metadata/annotations")]
    [InlineData("execution", "[]", "/execution")]
    [InlineData("execution", """{"attempt":0}""", "/execution/attempt")]
    [InlineData("execution", """{"attempt":2}""", "/execution/attempt")]
    [InlineData("execution", """{"max_attempts":0}""", "/execution/max_attempts")]
    [InlineData("execution", """{"max_attempts":1.5}""", "/execution/max_attempts")]
    [InlineData("execution", """{"timeout_seconds":0}""", "/execution/timeout_seconds")]
    [InlineData("execution", """{"timeout_seconds":86401}""", "/execution/timeout_seconds")]
    [InlineData("execution", """{"timeout_seconds":"60"}""", "/execution/timeout_seconds")]
    [InlineData("execution", """{"priority":0}""", "/execution/priority")]
    [InlineData("execution", """{"priority":11}""", "/execution/priority")]
    [InlineData("execution", """{"cancellable":"yes"}""", "/execution/cancellable")]
    [InlineData("execution", """{"deadline":"tomorrow"}""", "/execution/deadline")]
    [InlineData("execution", """{"depends_on":["short"]}""", "/execution/depends_on/0")]
    [InlineData("execution", """{"depends_on":["job-rules-01"]}""", "/execution/depends_on/0")]
    [InlineData("execution", """{"depends_on":["job-other-01","job-other-01"]}""", "/execution/depends_on/1")]
    [InlineData("execution", """{"on_dependency_failure":"panic"}""", "/execution/on_dependency_failure")]
    [InlineData("constraints", """{"required_capabilities":"all"}""", "/constraints/required_capabilities")]
    [InlineData("constraints", """{"required_features":[1]}""", "/constraints/required_features/0")]
    [InlineData("constraints", """{"minimum_worker_version":"1.2"}""", "/constraints/minimum_worker_version")]
    [InlineData("constraints", """{"minimum_worker_version":""}""", "/constraints/minimum_worker_version")]
    [InlineData("constraints", """{"minimum_worker_version":"01.2.3"}""", "/constraints/minimum_worker_version")]
    [InlineData("constraints", """{"maximum_disk_size_gb":0}""", "/constraints/maximum_disk_size_gb")]
    [InlineData("constraints", """{"minimum_memory_gb":0}""", "/constraints/minimum_memory_gb")]
    [InlineData("constraints", """{"minimum_free_disk_gb":"1"}""", "/constraints/minimum_free_disk_gb")]
    [InlineData("constraints", """{"require_privileged":1}""", "/constraints/require_privileged")]
    [InlineData("constraints", """{"allowed_worker_pools":[null]}""", "/constraints/allowed_worker_pools/0")]
    [InlineData("routing", """{"worker_id":7}""", "/routing/worker_id")]
    [InlineData("routing", """{"worker_pool":{}}""", "/routing/worker_pool")]
    [InlineData("routing", """{"affinity":{"disk_locality":["a"]}}""", "/routing/affinity/disk_locality")]
    [InlineData("routing", """{"anti_affinity":{"concurrent_jobs":"a"}}""", "/routing/anti_affinity/concurrent_jobs")]
    [InlineData("routing", """{"anti_affinity":{"concurrent_jobs":["a",7]}}""", "/routing/anti_affinity/concurrent_jobs/1")]
    [InlineData("observability", """{"trace_id":7}""", "/observability/trace_id")]
    [InlineData("audit", """{"submitted_by":[]}""", "/audit/submitted_by")]
    [InlineData("audit", """{"authorization":{"method":"token"}}""", "/audit/authorization/subject")]
    [InlineData("notifications", """{"webhooks":["https://hooks.example"]}""", "/notifications/webhooks/0")]
    [InlineData("notifications", """{"webhooks":[{}]}""", "/notifications/webhooks/0/url")]
    [InlineData("notifications", """{"webhooks":[{"url":"http://hooks.example"}]}""", "/notifications/webhooks/0/url")]
    [InlineData("notifications", """{"webhooks":[{"url":"https://user:secret@hooks.example"}]}""", "/notifications/webhooks/0/url")]
    [InlineData("notifications", """{"webhooks":[{"url":"https://hooks.example","on":["sometimes"]}]}""", "/notifications/webhooks/0/on/0")]
    public void A_value_that_breaks_its_rule_is_refused_at_its_place(string member, string value, string pointer)
    {
        var job = Minimal();
        job[member] = JsonNode.Parse(value);

        Assert.Equal([pointer], Read(job).Violations.Select(violation => violation.Pointer));
    }

    [Fact]
    public void Strings_lists_and_maps_have_an_end()
    {
        var job = Minimal();
        job["metadata"] = new JsonObject
        {
            ["name"] = new string('x', ValueReader.MaximumStringLength + 1),
            ["labels"] = new JsonObject(Enumerable.Range(0, ValueReader.MaximumCount + 1).Select(
                number => KeyValuePair.Create(number.ToString(CultureInfo.InvariantCulture), (JsonNode?)"v"))),
            ["annotations"] = new JsonObject { [new string('k', ValueReader.MaximumNameLength + 1)] = "v" },
        };
        job["execution"] = new JsonObject { ["depends_on"] = new JsonArray([.. Enumerable.Range(0, 101).Select(number => (JsonNode)$"job-number-{number}")]) };

        Assert.Equal(
            ["/metadata/name", "/metadata/labels", "/metadata/annotations", "/execution/depends_on"],
            Read(job).Violations.Select(violation => violation.Pointer));
    }

    [Fact]
    public void A_member_that_stands_there_twice_is_refused()
    {
        var text = Minimal().ToJsonString().Replace("\"kind\"", "\"job_id\":\"another-job-1\",\"kind\"", StringComparison.Ordinal);

        Assert.Equal(ErrorCodes.InvalidJson, Assert.Single(JobDocumentReader.Read(Encoding.UTF8.GetBytes(text)).Violations).Code);
    }

    [Fact]
    public void An_administrator_may_raise_the_longest_timeout()
    {
        var job = Minimal();
        job["execution"] = new JsonObject { ["timeout_seconds"] = 200_000 };

        var reading = JobDocumentReader.Read(Encoding.UTF8.GetBytes(job.ToJsonString()), new ReadingOptions { MaximumTimeoutSeconds = 250_000 });

        Assert.Equal(200_000, reading.Document?.Execution.TimeoutSeconds);
    }

    [Theory]
    [InlineData("hyper2kvm.convert", null, 7200)]
    [InlineData("hyper2kvm.convert", 60, 60)]
    [InlineData("guestkit.inspect", null, 3600)]
    public void The_time_that_a_job_has_by_default_depends_on_its_operation(string operation, int? timeout, int expected)
    {
        var job = Minimal();
        job["operation"] = operation;
        job["payload"]!["type"] = $"{operation}.v1";
        job["execution"] = timeout is null ? null : new JsonObject { ["timeout_seconds"] = timeout };

        Assert.Equal(expected, Read(job).Document?.Execution.TimeoutSeconds);
    }

    [Theory]
    [InlineData(ErrorCodes.ExecutionError, true)]
    [InlineData(ErrorCodes.WorkerLost, true)]
    [InlineData(ErrorCodes.NoMatchingWorker, true)]
    [InlineData(ErrorCodes.ImageNotFound, false)]
    [InlineData(ErrorCodes.CapabilityMismatch, false)]
    [InlineData(ErrorCodes.IdempotencyConflict, false)]
    [InlineData(ErrorCodes.DeadLettered, false)]
    public void Whether_a_job_may_succeed_unchanged_depends_on_its_error(string code, bool recoverable) =>
        Assert.Equal(recoverable, JobError.Create(code, "As the test says.", null).Recoverable);

    private static JobDocumentReading Read(JsonObject job) => JobDocumentReader.Read(Encoding.UTF8.GetBytes(job.ToJsonString()));

    private static JsonObject Minimal() => JsonNode.Parse(
        """
        {"version":"1.0","job_id":"job-rules-01","created_at":"2026-03-01T08:00:00Z","kind":"VMOperation",
         "operation":"system.echo","payload":{"type":"system.echo.v1","data":null}}
        """)!.AsObject();
}
