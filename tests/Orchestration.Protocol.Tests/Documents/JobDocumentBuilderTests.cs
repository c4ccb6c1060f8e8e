using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Validation;

namespace Orchestration.Protocol.Tests.Documents;

public class JobDocumentBuilderTests
{
    [Fact]
    public void Every_setter_sets_its_member()
    {
        var document = new JobDocumentBuilder("guestkit.inspect")
            .WithJobId("insp-full-01")
            .WithData(new { Image = new { Path = "images/a" } })
            .WithPayloadVersion(2)
            .WithName("nightly").WithNamespace("lab").WithLabel("env", "lab").WithLabel("team", "infra").WithAnnotation("ticket", "T-1")
            .WithIdempotencyKey("inv-1").WithPriority(99).WithTimeout(TimeSpan.FromMinutes(30)).WithMaxAttempts(3)
            .WithDeadline(DateTimeOffset.MaxValue).WithCancellable(false).WithDependencies(DependencyFailure.Run, "insp-full-00")
            .WithRequiredCapability("disk.qcow2").WithRequiredCapability("fs.ext4").WithRequiredFeature("lvm")
            .WithMinimumWorkerVersion("0.4.0-rc.1").WithMaximumDiskSizeGb(500).WithMinimumMemoryGb(2).WithMinimumFreeDiskGb(20)
            .WithRequirePrivileged(true).WithAllowedWorkerPools("general", "large-vms")
            .WithWorkerId("w-1").WithWorkerPool("general").WithAffinity("disk_locality", "/images").WithAntiAffinity("concurrent_jobs", "insp-full-00")
            .WithTrace("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7").WithCorrelationId("inv")
            .WithSubmitter("scheduler", "10.1.2.3").WithAuthorization("bearer_token", "svc-inventory")
            .WithWebhook("https://hooks.example/a", "failed")
            .Build();

        var expected = JsonNode.Parse("""
            {"$schema":"urn:orchestration:schemas:job-v1","version":"1.0","job_id":"insp-full-01","kind":"VMOperation","operation":"guestkit.inspect",
             "payload":{"type":"guestkit.inspect.v2","data":{"image":{"path":"images/a"}}},
             "metadata":{"name":"nightly","namespace":"lab","labels":{"env":"lab","team":"infra"},"annotations":{"ticket":"T-1"}},
             "execution":{"idempotency_key":"inv-1","attempt":1,"max_attempts":3,"timeout_seconds":1800,"deadline":"9999-12-31T23:59:59.9999999+00:00",
               "priority":10,"cancellable":false,"depends_on":["insp-full-00"],"on_dependency_failure":"run"},
             "constraints":{"required_capabilities":["disk.qcow2","fs.ext4"],"required_features":["lvm"],"minimum_worker_version":"0.4.0-rc.1",
               "maximum_disk_size_gb":500,"minimum_memory_gb":2,"minimum_free_disk_gb":20,"require_privileged":true,"allowed_worker_pools":["general","large-vms"]},
             "routing":{"worker_id":"w-1","worker_pool":"general","affinity":{"disk_locality":"/images"},"anti_affinity":{"concurrent_jobs":["insp-full-00"]}},
             "observability":{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","correlation_id":"inv"},
             "audit":{"submitted_by":"scheduler","submitted_from":"10.1.2.3","authorization":{"method":"bearer_token","subject":"svc-inventory"}},
             "notifications":{"webhooks":[{"url":"https://hooks.example/a","on":["failed"]}]}}
            """)!.AsObject();
        var written = JsonSerializer.SerializeToNode(document, ProtocolJson.Options)!.AsObject();
        written.Remove("created_at");
        Assert.True(JsonNode.DeepEquals(expected, written), written.ToJsonString());
    }

    [Fact]
    public void A_document_with_nothing_said_has_an_id_that_sorts_by_time()
    {
        var first = new JobDocumentBuilder("system.echo").Build();

        Assert.True(JobDocumentReader.IsJobId(first.JobId));
        Assert.StartsWith("job-", first.JobId, StringComparison.Ordinal);
        Assert.Null(first.Metadata);
    }

    [Fact]
    public void What_would_be_refused_cannot_be_built()
    {
        var builder = new JobDocumentBuilder("inspect").WithMaxAttempts(0);

        var refusal = Assert.Throws<JobException>(builder.Build);

        Assert.Equal(ErrorCodes.InvalidField, refusal.Code);
        Assert.Contains("/operation", refusal.Message, StringComparison.Ordinal);
    }
}
