using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.Protocol.Hyper2Kvm;
using Orchestration.Protocol.Results;
using Orchestration.Protocol.Validation;

namespace Orchestration.Protocol.Tests.Hyper2Kvm;

public class Hyper2KvmDocumentTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_document_is_put_into_the_words_of_the_protocol_and_the_original_is_kept()
    {
        var original = Full();

        var document = Read(original).Document;

        Assert.Equal("hyper2kvm.convert", document?.Operation);
        Assert.Equal("hyper2kvm.convert.v1", document?.Payload.Type);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero), document?.CreatedAt);
        Assert.Equal((3, 600, 9), (document?.Execution.MaxAttempts, document?.Execution.TimeoutSeconds, document?.Execution.Priority));
        Assert.Equal(["nbd", "mount"], document?.Constraints?.RequiredFeatures);
        Assert.Equal((2, 20), (document?.Constraints?.MinimumMemoryGb, document?.Constraints?.MinimumFreeDiskGb));
        Assert.Equal("ops", document?.Audit?.SubmittedBy);
        Assert.Equal("3", document?.Metadata?.Labels?["wave"]);
        Assert.Equal("T-2", document?.Metadata?.Annotations?["hyper2kvm/ticket"]);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse($$$"""
                {"image":{"path":"/images/w.vmdk","format":"vmdk","checksum":"sha256:{{{new string('a', 64)}}}","size_bytes":2147483648},
                 "requested_actions":["convert"],"parameters":{"output_format":"qcow2","compress":true},
                 "output":{"output_path":"/out/w","keep_intermediates":false}}
                """),
            JsonSerializer.SerializeToNode(document?.Payload.Data)));
        Assert.True(JsonNode.DeepEquals(original, JsonSerializer.SerializeToNode(document?.UnknownMembers?[Hyper2KvmDocument.MemberName])));
    }

    [Fact]
    public void A_minimal_document_gets_the_defaults_of_hyper2kvm()
    {
        var document = Read(Minimal()).Document;

        Assert.Equal(Now, document?.CreatedAt);
        Assert.Equal((1, 7200, 6), (document?.Execution.MaxAttempts, document?.Execution.TimeoutSeconds, document?.Execution.Priority));
        Assert.Null(document?.Payload.Data.GetProperty("parameters").GetString());
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(5, 6)]
    [InlineData(10, 1)]
    [InlineData(0, 1)]
    [InlineData(11, 2)]
    [InlineData(75, 8)]
    [InlineData(100, 10)]
    public void Its_priority_counts_from_the_other_end(int theirs, int ours)
    {
        var job = Minimal();
        job["execution_policy"] = new JsonObject { ["priority"] = theirs };

        Assert.Equal(ours, Read(job).Document?.Execution.Priority);
    }

    [Fact]
    public void Both_names_of_one_operation_are_known()
    {
        var job = Minimal();
        job["operation"] = "initramfs_regenerate";

        Assert.Equal("hyper2kvm.initramfs_regen", Read(job).Document?.Operation);
    }

    [Theory]
    [InlineData("operation", "\"brew\"", "/operation")]
    [InlineData("job_id", "\"../../etc/cron.d/x\"", "/job_id")]
    [InlineData("created_at", "\"yesterday\"", "/created_at")]
    [InlineData("image", "{}", "/image/path")]
    [InlineData("image", """{"path":"images/a","format":"../x"}""", "/image/format")]
    [InlineData("requested_actions", "\"all\"", "/requested_actions")]
    [InlineData("artifacts", "{}", "/artifacts/output_path")]
    [InlineData("audit", "{}", "/audit/requested_by")]
    [InlineData("audit", """{"requested_by":"me","tags":["a"]}""", "/audit/tags")]
    [InlineData("execution_policy", """{"retry_count":6}""", "/execution_policy/retry_count")]
    [InlineData("execution_policy", """{"timeout_seconds":59}""", "/execution_policy/timeout_seconds")]
    [InlineData("execution_policy", """{"priority":101}""", "/execution_policy/priority")]
    [InlineData("capability_requirements", """{"needs_nbd":"yes"}""", "/capability_requirements/needs_nbd")]
    [InlineData("capability_requirements", """{"min_memory_gb":0}""", "/capability_requirements/min_memory_gb")]
    [InlineData("parameters", """{"luks_passphrase":"hunter2"}""", "/parameters/luks_passphrase")]
    public void A_value_that_breaks_its_rule_is_refused_at_its_place(string member, string value, string pointer)
    {
        var job = Minimal();
        job[member] = JsonNode.Parse(value);

        var violation = Assert.Single(Read(job).Violations);

        Assert.Equal(pointer, violation.Pointer);
        Assert.DoesNotContain("hunter2", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_of_ours_without_a_kind_is_not_taken_for_one_of_theirs()
    {
        var reading = JobDocumentReader.Read(
            """{"version":"1.0","job_id":"insp-min-01","operation":"guestkit.inspect","payload":{"type":"guestkit.inspect.v1","data":{}}}"""u8.ToArray());

        Assert.Equal(["/created_at", "/kind"], reading.Violations.Select(violation => violation.Pointer));
        Assert.All(reading.Violations, violation => Assert.Equal(ErrorCodes.MissingField, violation.Code));
    }

    [Fact]
    public void A_result_can_be_had_in_their_shape()
    {
        var result = new JobResult
        {
            JobId = "h2k-conv-01",
            Operation = "hyper2kvm.convert",
            Status = "timeout",
            FailedAt = Now,
            WorkerId = "w-1",
            ExecutionSummary = new ExecutionSummary(Now, 1.5, 2, null),
            Outputs = new JobOutputs("results/h2k-conv-01/a.json", ["results/h2k-conv-01/a.json", "results/h2k-conv-01/b.json"]),
            Metrics = new JobMetrics { DiskReadBytes = 7 },
            Error = JobError.Create(ErrorCodes.Timeout, "Too slow.", "conversion"),
        };

        var theirs = JsonSerializer.SerializeToNode(Hyper2KvmResult.From(result), ProtocolJson.Options);

        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""
                {"job_id":"h2k-conv-01","status":"failed","completed_at":"2026-05-01T00:00:00+00:00","worker_id":"w-1","retry_attempt":1,
                 "outputs":{"report":"results/h2k-conv-01/a.json","intermediates":["results/h2k-conv-01/b.json"]},
                 "metrics":{"execution_seconds":1.5,"disk_read_bytes":7},
                 "error":{"phase":"conversion","code":"TIMEOUT","message":"Too slow."}}
                """),
            theirs),
            theirs?.ToJsonString());
    }

    private static JobDocumentReading Read(JsonObject job) =>
        JobDocumentReader.Read(Encoding.UTF8.GetBytes(job.ToJsonString()), new ReadingOptions { Time = new FixedTime() });

    private static JsonObject Minimal() => JsonNode.Parse(
        """
        {"job_id":"h2k-insp-01","operation":"inspect","image":{"path":"images/w.vmdk"},"artifacts":{"output_path":"/out/w"},
         "audit":{"requested_by":"ops"},"parameters":null}
        """)!.AsObject();

    private static JsonObject Full() => JsonNode.Parse(
        $$$"""
        {"version":"1.0","job_id":"h2k-conv-01","created_at":"2026-03-01T08:00:00","operation":"convert",
         "image":{"path":"/images/w.vmdk","format":"vmdk","checksum":"{{{new string('a', 64)}}}","size_bytes":2147483648},
         "requested_actions":["convert"],
         "capability_requirements":{"needs_nbd":true,"needs_lvm":false,"needs_mount":true,"min_memory_gb":2,"min_disk_space_gb":20},
         "execution_policy":{"retry_count":2,"timeout_seconds":600,"idempotent":true,"priority":2},
         "artifacts":{"output_path":"/out/w","keep_intermediates":false},
         "audit":{"requested_by":"ops","ticket":"T-2","tags":{"wave":"3"}},
         "parameters":{"output_format":"qcow2","compress":true},"x_future":[1]}
        """)!.AsObject();

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
