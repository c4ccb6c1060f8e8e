using System.Text;
using System.Text.Json.Nodes;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Validation;

namespace Orchestration.Protocol.Tests.Validation;

public class JobDocumentReaderTests
{
    [Fact]
    public void A_minimal_document_is_accepted_with_the_defaults_of_the_protocol()
    {
        var reading = Read(Minimal());

        Assert.Empty(reading.Violations);
        var document = Assert.IsType<JobDocument>(reading.Document);
        Assert.Equal("insp-min-01", document.JobId);
        Assert.Equal(3600, document.Execution.TimeoutSeconds);
        Assert.Equal(5, document.Execution.Priority);
        Assert.Equal(1, document.Execution.MaxAttempts);
        Assert.True(document.Execution.Cancellable);
    }

    [Fact]
    public void Five_errors_are_all_reported_each_with_its_pointer()
    {
        var job = Minimal();
        job["version"] = "2.0";
        job.Remove("created_at");
        job["operation"] = "inspect";
        job["execution"] = new JsonObject { ["priority"] = 11, ["timeout_seconds"] = 0 };

        var violations = Read(job).Violations;

        Assert.Equal(
            [
                ("/version", ErrorCodes.UnsupportedVersion),
                ("/created_at", ErrorCodes.MissingField),
                ("/operation", ErrorCodes.InvalidField),
                ("/execution/timeout_seconds", ErrorCodes.InvalidField),
                ("/execution/priority", ErrorCodes.InvalidField),
            ],
            violations.Select(violation => (violation.Pointer, violation.Code)));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("has/slash-in-it")]
    [InlineData("has space in it")]
    [InlineData("-starts-with-hyphen")]
    [InlineData("ends-with-dot.")]
    [InlineData("../../etc/passwd")]
    [InlineData("ends-with-newline\n")]
    [InlineData("a123456789012345678901234567890123456789012345678901234567890123456789")]
    public void A_job_id_that_is_unsafe_as_a_name_is_refused(string jobId)
    {
        var job = Minimal();
        job["job_id"] = jobId;

        var violation = Assert.Single(Read(job).Violations);

        Assert.Equal(("/job_id", ErrorCodes.InvalidField), (violation.Pointer, violation.Code));
    }

    [Theory]
    [InlineData("guestkit.inspect.v1", true)]
    [InlineData("guestkit.inspect.v2", true)]
    [InlineData("guestkit.profile.v1", false)]
    [InlineData("guestkit.inspect", false)]
    [InlineData("guestkit.inspect.vx", false)]
    [InlineData("a..v", false)]
    public void The_payload_type_is_the_operation_and_a_version(string type, bool accepted)
    {
        var job = Minimal();
        job["payload"]!["type"] = type;

        Assert.Equal(accepted, Read(job).Document is not null);
    }

    [Fact]
    public void Payload_data_may_be_null_but_not_absent()
    {
        var job = Minimal();
        job["payload"]!["data"] = null;
        Assert.Empty(Read(job).Violations);

        job["payload"]!.AsObject().Remove("data");
        Assert.Equal("/payload/data", Assert.Single(Read(job).Violations).Pointer);
    }

    [Theory]
    [InlineData("1.0", true)]
    [InlineData("1.7", true)]
    [InlineData("1", false)]
    [InlineData("1.0.0", false)]
    [InlineData("2.0", false)]
    public void Minor_versions_of_one_are_understood(string version, bool accepted)
    {
        var job = Minimal();
        job["version"] = version;

        Assert.Equal(accepted, Read(job).Document is not null);
    }

    [Fact]
    public void A_member_that_is_null_counts_as_absent()
    {
        var job = Minimal();
        job["execution"] = new JsonObject { ["priority"] = null, ["deadline"] = null, ["cancellable"] = null, ["max_attempts"] = 2 };
        job["metadata"] = null;

        var document = Read(job).Document;

        Assert.Equal(5, document?.Execution.Priority);
        Assert.True(document?.Execution.Cancellable);
        Assert.Equal(2, document?.Execution.MaxAttempts);

        job["execution"] = null;
        Assert.Equal(3600, Read(job).Document?.Execution.TimeoutSeconds);
    }

    [Fact]
    public void A_deadline_before_creation_is_refused()
    {
        var job = Minimal();
        job["execution"] = new JsonObject { ["deadline"] = "2026-02-01T08:00:00Z" };

        Assert.Equal("/execution/deadline", Assert.Single(Read(job).Violations).Pointer);
    }

    [Theory]
    [InlineData("2026-03-01T08:00:00Z", true)]
    [InlineData("2026-03-01T08:00:00.25+02:00", true)]
    [InlineData("2026-03-01T08:00:00", false)]
    [InlineData("2026-03-01", false)]
    [InlineData("yesterday", false)]
    public void Timestamps_are_RFC_3339_with_a_zone(string createdAt, bool accepted)
    {
        var job = Minimal();
        job["created_at"] = createdAt;

        Assert.Equal(accepted, Read(job).Document is not null);
    }

    [Fact]
    public void A_refused_document_still_tells_its_job_id()
    {
        var job = Minimal();
        job["kind"] = "Coffee";

        Assert.Equal("insp-min-01", Read(job).JobId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("\"text\"")]
    [InlineData("not json at all")]
    public void What_is_not_a_JSON_object_is_refused_as_invalid_JSON(string text)
    {
        var reading = JobDocumentReader.Read(Encoding.UTF8.GetBytes(text));

        Assert.Equal(ErrorCodes.InvalidJson, Assert.Single(reading.Violations).Code);
    }

    [Fact]
    public void Nesting_beyond_the_limit_is_refused()
    {
        var reading = JobDocumentReader.Read(Encoding.UTF8.GetBytes(new string('[', 100_000)));

        Assert.Equal(ErrorCodes.InvalidJson, Assert.Single(reading.Violations).Code);
    }

    [Fact]
    public void A_document_beyond_the_size_limit_is_refused_unparsed()
    {
        var reading = JobDocumentReader.Read(new byte[JobDocumentReader.MaximumBytes + 1]);

        Assert.Contains("at most", Assert.Single(reading.Violations).Message, StringComparison.Ordinal);
    }

    private static JobDocumentReading Read(JsonObject job) => JobDocumentReader.Read(Encoding.UTF8.GetBytes(job.ToJsonString()));

    private static JsonObject Minimal() => JsonNode.Parse(
        """
        {"version":"1.0","job_id":"insp-min-01","created_at":"2026-03-01T08:00:00Z","kind":"VMOperation",
         "operation":"guestkit.inspect","payload":{"type":"guestkit.inspect.v1",
         "data":{"image":{"path":"images/a.qcow2","format":"qcow2"}}}}
        """)!.AsObject();
}
