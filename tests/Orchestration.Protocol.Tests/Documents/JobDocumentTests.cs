using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Validation;

namespace Orchestration.Protocol.Tests.Documents;

public class JobDocumentTests
{
    [Fact]
    public void Unknown_members_are_kept_at_every_level()
    {
        const string Text = """
            {"version":"1.3","job_id":"insp-full-01","created_at":"2026-03-01T08:00:00+00:00","kind":"VMOperation",
             "operation":"guestkit.inspect","x_top":{"kept":true},
             "payload":{"type":"guestkit.inspect.v1","x_payload":1,"data":{"image":{"path":"images/a","x_image":[1,2]}}},
             "metadata":{"name":"nightly","labels":{"env":"lab"},"x_metadata":"m"},
             "execution":{"attempt":1,"max_attempts":3,"timeout_seconds":1800,"priority":8,"cancellable":true,"x_execution":null},
             "constraints":{"maximum_disk_size_gb":500,"acme.example/gpu-required":"false"},
             "routing":{"anti_affinity":{"concurrent_jobs":["insp-full-00"]},"x_routing":{}},
             "observability":{"trace_id":"t","x_observability":2.5},
             "audit":{"submitted_by":"me","authorization":{"method":"token","subject":"svc","x_authorization":"a"}}}
            """;

        var document = JobDocumentReader.Read(System.Text.Encoding.UTF8.GetBytes(Text)).Document;
        var written = JsonSerializer.SerializeToNode(document, ProtocolJson.Options);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Text), written), written?.ToJsonString());
    }

    [Fact]
    public void What_the_builder_makes_passes_validation()
    {
        var document = new JobDocumentBuilder("system.echo")
            .WithData(new { Message = "ping" })
            .WithName("hello")
            .WithMaxAttempts(2)
            .WithTimeout(TimeSpan.FromMinutes(5))
            .WithSubmitter("tests")
            .Build();

        var reading = JobDocumentReader.Read(JsonSerializer.SerializeToUtf8Bytes(document, ProtocolJson.Options));

        Assert.Empty(reading.Violations);
        Assert.Equal("system.echo.v1", reading.Document?.Payload.Type);
        Assert.Equal(300, reading.Document?.Execution.TimeoutSeconds);
    }
}
