using System.Text.Json;
using System.Text.Json.Nodes;
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
             "audit":{"submitted_by":"me","authorization":{"method":"token","subject":"svc","x_authorization":"a"}},
             "notifications":{"webhooks":[{"url":"https://hooks.example/a","x_webhook":1}],"x_notifications":[]}}
            """;

        var document = JobDocumentReader.Read(System.Text.Encoding.UTF8.GetBytes(Text)).Document;
        var written = JsonSerializer.SerializeToNode(document, ProtocolJson.Options);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Text), written), written?.ToJsonString());
    }

    [Fact]
    public void Unknown_members_of_the_envelope_are_named_so_that_a_misspelling_can_be_seen()
    {
        var document = """
            {"version":"1.0","job_id":"insp-full-01","created_at":"2026-03-01T08:00:00Z","kind":"VMOperation","operation":"system.echo",
             "payload":{"type":"system.echo.v1","data":{"x_own":1}},"execution":{"timeout":5},"constraints":{"acme.example/gpu":"1"}}
            """u8.ToArray();

        Assert.Equal(["/execution/timeout", "/constraints/acme.example~1gpu"], JobDocumentReader.Read(document).UnknownMembers);
    }
}
