using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.Workers;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Interface;

/// <summary>What the service says of itself, and where it says it.</summary>
[Collection(RunningService.Collection)]
public class InterfaceTests(RunningService service)
{
    [Fact]
    public async Task Every_path_is_served_below_the_version_as_well()
    {
        using var content = JsonContent.Create(Jobs.Echo("echo-versioned-1"));
        using var response = await service.Http.PostAsync("api/v1/jobs", content);
        await service.WaitForResultAsync("echo-versioned-1");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        foreach (var path in (string[])["jobs/echo-versioned-1", "jobs/echo-versioned-1/result", "capabilities", "workers", "openapi.json", "schemas/job-v1.json", "health"])
        {
            Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync(path)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync($"api/v1/{path}")).StatusCode);
        }
    }

    [Theory]
    [InlineData("api/v1/")]
    [InlineData("")]
    public async Task A_path_that_is_not_there_and_a_method_that_it_does_not_take_are_said_to_be_so(string prefix)
    {
        using var unknown = await service.Http.GetAsync($"{prefix}coffee");
        using var wrong = await service.Http.DeleteAsync($"{prefix}capabilities");

        Assert.Equal((HttpStatusCode.NotFound, ServiceProblem.PathNotFound), (unknown.StatusCode, await CodeOfAsync(unknown)));
        Assert.Equal((HttpStatusCode.MethodNotAllowed, ServiceProblem.MethodNotAllowed), (wrong.StatusCode, await CodeOfAsync(wrong)));
    }

    [Fact]
    public async Task The_schema_and_the_description_of_the_interface_are_served()
    {
        var schema = await service.Http.GetFromJsonAsync<JsonElement>("schemas/job-v1.json");
        var description = await service.Http.GetFromJsonAsync<JsonElement>("openapi.json");

        Assert.Equal("https://json-schema.org/draft/2020-12/schema", schema.GetProperty("$schema").GetString());
        Assert.Equal("3.1.0", description.GetProperty("openapi").GetString());
        Assert.True(description.GetProperty("paths").TryGetProperty("/jobs:batch", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ui")]
    public async Task A_browser_gets_a_page_whose_policy_lets_only_its_own_script_run(string path)
    {
        using var response = await service.Http.GetAsync(path);
        var page = await response.Content.ReadAsStringAsync();
        var script = page.Split("<script>")[1].Split("</script>")[0];
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));

        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(response.Headers.ETag);
        Assert.Contains($"script-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'", policy, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_says_what_the_machine_has()
    {
        var worker = (await service.Http.GetFromJsonAsync<WorkerDocument>("capabilities", ProtocolJson.Options))!;

        Assert.Equal(Environment.MachineName, worker.Hostname);
        Assert.Equal(Environment.ProcessorCount, worker.Resources.CpuCores);
        Assert.Equal(Environment.IsPrivilegedProcess, worker.Configuration.Privileged);
        Assert.Contains("guestkit.inspect", worker.Capabilities.Operations);
        Assert.Equal(Tool.DescribeMissing(["qemu-img"]) is null, worker.Capabilities.Tools.ContainsKey("qemu-img"));
        Assert.Equal(File.Exists("/dev/nbd0") && Tool.DescribeMissing(["qemu-nbd"]) is null, worker.Capabilities.Features.Contains("nbd"));
    }

    [Fact]
    public async Task This_worker_is_among_the_workers()
    {
        var worker = (await service.Http.GetFromJsonAsync<WorkerDocument>("capabilities", ProtocolJson.Options))!;

        var workers = await service.Http.GetFromJsonAsync<JsonElement>("workers");

        Assert.Equal(worker.WorkerId, Assert.Single(workers.GetProperty("workers").EnumerateArray()).GetProperty("worker_id").GetString());
    }

    [Theory]
    [InlineData("constraints", """{"required_features":["time-travel"]}""", ErrorCodes.CapabilityMismatch)]
    [InlineData("constraints", """{"minimum_worker_version":"99.0.0"}""", ErrorCodes.CapabilityMismatch)]
    [InlineData("routing", """{"worker_pool":"elsewhere"}""", ErrorCodes.NoMatchingWorker)]
    public async Task A_job_that_no_worker_may_run_is_refused_with_what_is_missing(string member, string value, string code)
    {
        var document = Jobs.Echo("echo-misplaced-1");
        document[member] = JsonNode.Parse(value);

        using var response = await service.SubmitAsync(document);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(code, await CodeOfAsync(response));
    }

    [Fact]
    public async Task A_disk_beyond_the_limit_of_the_document_is_refused()
    {
        await using (var disk = new MemoryStream(Qcow2Header(virtualSize: 3L << 30)))
        {
            await service.UploadAsync("images", "three-gib.qcow2", disk);
        }

        var document = Jobs.Inspect("inspect-too-large", "images/three-gib.qcow2", "qcow2");
        document["constraints"] = new JsonObject { ["maximum_disk_size_gb"] = 2 };

        var result = await service.RunAsync(document);

        Assert.Equal(ErrorCodes.ImageTooLarge, result.Error?.Code);
    }

    [Fact]
    public async Task The_meters_tell_of_jobs_under_the_names_of_the_protocol()
    {
        await service.RunAsync(Jobs.Echo("echo-metered-01"));

        using var response = await service.Http.GetAsync("metrics");
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Matches("(?m)^guestkit_worker_jobs_total\\{operation=\"system.echo\",status=\"completed\"\\} [1-9]", text);
        Assert.Matches("(?m)^guestkit_handler_executions_total\\{handler=\"system.echo\",status=\"success\"\\} [1-9]", text);
        Assert.Matches("(?m)^guestkit_worker_jobs_duration_seconds_bucket\\{le=\"2048\"\\} [1-9]", text);
        Assert.Matches("(?m)^guestkit_worker_active_jobs [0-9]", text);
        Assert.Matches("(?m)^guestkit_worker_queue_depth [0-9]", text);
    }

    [Theory]
    [InlineData("health")]
    [InlineData("health/live")]
    [InlineData("health/ready")]
    public async Task A_service_that_is_well_says_so(string path)
    {
        var answer = await service.Http.GetFromJsonAsync<JsonElement>(path);

        Assert.Equal("healthy", answer.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_batch_of_more_bytes_than_are_taken_is_refused_for_its_size()
    {
        using var content = new ByteArrayContent(new byte[30_000_001]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "./jobs:batch") { Content = content };

        // Answered before the body is sent.
        request.Headers.ExpectContinue = true;
        using var response = await service.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(ErrorCodes.ResourceLimit, await CodeOfAsync(response));
    }

    [Fact]
    public async Task A_document_can_be_checked_without_being_run()
    {
        using var good = JsonContent.Create(Jobs.Echo("echo-checked-01"));
        using var bad = new StringContent("""{"version":"1.0"}""", Encoding.UTF8, "application/json");
        using var accepted = await service.Http.PostAsync(new Uri("./jobs:validate", UriKind.Relative), good);
        using var refused = await service.Http.PostAsync(new Uri("./jobs:validate", UriKind.Relative), bad);
        using var job = await service.Http.GetAsync("jobs/echo-checked-01");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.NotFound), (accepted.StatusCode, refused.StatusCode, job.StatusCode));
    }

    private static async Task<string?> CodeOfAsync(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<ServiceProblem>(ProtocolJson.Options))?.Code;

    /// <summary>An empty qcow2 image of version 3 with 64 KiB clusters: header, then an empty first-level table and refcount table.</summary>
    private static byte[] Qcow2Header(long virtualSize)
    {
        const int Cluster = 65536;
        var image = new byte[4 * Cluster];
        void Put32(int offset, uint value) => BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(offset), value);
        void Put64(int offset, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(offset), value);
        Put32(0, 0x514649fb);
        Put32(4, 3);
        Put32(20, 16);
        Put64(24, (ulong)virtualSize);
        Put32(36, (uint)((virtualSize + (512L << 20) - 1) / (512L << 20)));
        Put64(40, 3 * Cluster);
        Put64(48, Cluster);
        Put32(56, 1);
        Put32(96, 4);
        Put32(100, 104);
        return image;
    }
}
