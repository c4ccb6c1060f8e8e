using System.Text;
using System.Text.Json.Nodes;
using Orchestration.Protocol.Validation;
using Orchestration.Protocol.Workers;

namespace Orchestration.Protocol.Tests.Workers;

public class WorkerMatchTests
{
    [Theory]
    [InlineData("constraints", """{"required_capabilities":["guestkit.inspect","disk.qcow2","fs.ext4","lvm"]}""")]
    [InlineData("constraints", """{"required_features":["lvm","ext4"],"minimum_worker_version":"1.2.0-rc.1","maximum_disk_size_gb":1}""")]
    [InlineData("constraints", """{"minimum_memory_gb":8,"minimum_free_disk_gb":100,"require_privileged":false,"allowed_worker_pools":["general","large"]}""")]
    [InlineData("routing", """{"worker_id":"w-1","worker_pool":"general","affinity":{"disk_locality":"/images","rack":"7"}}""")]
    [InlineData("routing", "{}")]
    public void A_job_that_asks_for_what_is_there_may_run(string member, string value) => Assert.Empty(Compare(member, value));

    [Theory]
    [InlineData("constraints", """{"required_capabilities":["disk.qcow2","disk.floppy"]}""", "/constraints/required_capabilities/1", ErrorCodes.CapabilityMismatch)]
    [InlineData("constraints", """{"required_capabilities":["guestkit.fix"]}""", "/constraints/required_capabilities/0", ErrorCodes.CapabilityMismatch)]
    [InlineData("constraints", """{"required_features":["nbd"]}""", "/constraints/required_features/0", ErrorCodes.CapabilityMismatch)]
    [InlineData("constraints", """{"minimum_worker_version":"1.2.1"}""", "/constraints/minimum_worker_version", ErrorCodes.CapabilityMismatch)]
    [InlineData("constraints", """{"minimum_worker_version":"1.10.0"}""", "/constraints/minimum_worker_version", ErrorCodes.CapabilityMismatch)]
    [InlineData("constraints", """{"require_privileged":true}""", "/constraints/require_privileged", ErrorCodes.CapabilityMismatch)]
    [InlineData("constraints", """{"minimum_memory_gb":9}""", "/constraints/minimum_memory_gb", ErrorCodes.CapabilityMismatch)]
    [InlineData("constraints", """{"minimum_free_disk_gb":101}""", "/constraints/minimum_free_disk_gb", ErrorCodes.CapabilityMismatch)]
    [InlineData("constraints", """{"allowed_worker_pools":["large"]}""", "/constraints/allowed_worker_pools", ErrorCodes.NoMatchingWorker)]
    [InlineData("routing", """{"worker_pool":"large"}""", "/routing/worker_pool", ErrorCodes.NoMatchingWorker)]
    [InlineData("routing", """{"worker_id":"w-2"}""", "/routing/worker_id", ErrorCodes.NoMatchingWorker)]
    [InlineData("routing", """{"affinity":{"disk_locality":"elsewhere"}}""", "/routing/affinity/disk_locality", ErrorCodes.NoMatchingWorker)]
    public void A_job_that_asks_for_more_is_told_what_is_missing(string member, string value, string pointer, string code)
    {
        var mismatch = Assert.Single(Compare(member, value));

        Assert.Equal((pointer, code), (mismatch.Pointer, mismatch.Code));
    }

    private static IReadOnlyList<Violation> Compare(string member, string value)
    {
        var job = JsonNode.Parse("""
            {"version":"1.0","job_id":"job-match-01","created_at":"2026-03-01T08:00:00Z","kind":"VMOperation",
             "operation":"system.echo","payload":{"type":"system.echo.v1","data":null}}
            """)!.AsObject();
        job[member] = JsonNode.Parse(value);
        var document = JobDocumentReader.Read(Encoding.UTF8.GetBytes(job.ToJsonString())).Document;
        return WorkerMatch.Compare(document ?? throw new InvalidOperationException("The test's document is refused."), Worker());
    }

    private static WorkerDocument Worker() => new()
    {
        WorkerId = "w-1",
        Version = "1.2.0",
        Hostname = "n1",
        RegisteredAt = DateTimeOffset.UnixEpoch,
        Capabilities = new WorkerCapabilities(["guestkit.inspect", "system.echo"], ["lvm", "ext4"], ["qcow2", "raw"], new Dictionary<string, string>()),
        Resources = new WorkerResources(4, null, 100, 8, 8),
        Configuration = new WorkerConfiguration(false, "general", ["images"], "host"),
        System = new WorkerSystem("Linux", "6.1", "x64", ".NET"),
        Status = new WorkerStatus("ready", DateTimeOffset.UnixEpoch),
    };
}
