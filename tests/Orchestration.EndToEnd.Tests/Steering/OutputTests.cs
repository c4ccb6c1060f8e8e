using System.IO.Compression;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Yaml;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Steering;

/// <summary>How results may be had.</summary>
[Collection(RunningService.Collection)]
public class OutputTests(RunningService service)
{
    [Fact]
    public async Task Results_may_be_had_in_YAML_compressed_and_at_a_place_of_choice()
    {
        var plain = await service.RunAsync(Jobs.Inspect("output-plain-01", "images/debian-12.qcow2"));
        var document = Jobs.Inspect("output-chosen-1", "images/debian-12.qcow2");
        document["payload"]!["data"]!["output"] = new JsonObject { ["format"] = "yaml", ["destination"] = "/results/lab/debian.yaml.gz", ["compression"] = "gzip" };

        var result = await service.RunAsync(document);

        Assert.Equal(["results/lab/debian.yaml.gz"], result.Outputs!.Artifacts);
        var packed = await service.Http.GetByteArrayAsync("jobs/output-chosen-1/artifacts/debian.yaml.gz");
        await using var unpacked = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var yaml = new MemoryStream();
        await unpacked.CopyToAsync(yaml);
        var expected = await service.Http.GetStringAsync("jobs/output-plain-01/artifacts/inspection.json");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(YamlReader.ToJson(yaml.ToArray()).Span)));
        Assert.Equal("completed", plain.Status);
    }

    [Fact]
    public async Task A_result_tells_what_the_job_cost_and_where_it_belongs()
    {
        var document = Jobs.Inspect("output-metrics-1", "images/debian-12.qcow2");
        document["observability"] = new JsonObject { ["trace_id"] = "4bf92f3577b34da6a3ce929d0e0e4736", ["span_id"] = "00f067aa0ba902b7", ["correlation_id"] = "inventory" };

        var result = await service.RunAsync(document);

        Assert.InRange(result.Metrics!.CpuSeconds!.Value, 0.001, 600);
        Assert.InRange(result.Metrics.PeakMemoryMb!.Value, 10, 100_000);
        Assert.InRange(result.Metrics.StepSeconds!.Value, 0.001, 600);
        Assert.NotNull(result.Metrics.DiskReadBytes);
        Assert.Equal(
            ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "inventory"),
            (result.Observability!.TraceId, result.Observability.ParentSpanId, result.Observability.CorrelationId));
        Assert.Matches("^[0-9a-f]{16}$", result.Observability.SpanId);
    }

    [Fact]
    public async Task A_document_of_hyper2kvm_is_run_and_its_result_is_given_in_that_shape()
    {
        const string Text = """
            {"job_id":"h2k-inspect-e2e","operation":"inspect","image":{"path":"/images/debian-12.qcow2","format":"qcow2"},
             "execution_policy":{"priority":1},"artifacts":{"output_path":"/out/w"},"audit":{"requested_by":"ops"},"parameters":null}
            """;
        using var response = await service.SubmitAsync(Text);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());

        var canonical = await service.WaitForResultAsync("h2k-inspect-e2e");
        var theirs = await service.Http.GetFromJsonAsync<JsonElement>("jobs/h2k-inspect-e2e/result?shape=hyper2kvm");
        var job = await service.FindJobAsync("h2k-inspect-e2e");

        Assert.Equal("completed", canonical.Status);
        Assert.Equal("results/h2k-inspect-e2e/inspection.json", theirs.GetProperty("outputs").GetProperty("report").GetString());
        Assert.Equal(0, theirs.GetProperty("retry_attempt").GetInt32());
        Assert.Equal(10, job!.Job!.Execution.Priority);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Text), JsonSerializer.SerializeToNode(job.Job.UnknownMembers!["hyper2kvm"])));
    }

    [Fact]
    public async Task An_inspection_of_hyper2kvm_names_the_part_of_a_disk_that_is_missing_as_a_risk()
    {
        const string Descriptor = """
            # Disk DescriptorFile
            version=1
            CID=fffffffe
            parentCID=ffffffff
            createType="twoGbMaxExtentFlat"
            RW 2048 FLAT "parts-f001.vmdk" 0

            """;
        await service.UploadAsync("images", "parts.vmdk", new MemoryStream(Encoding.ASCII.GetBytes(Descriptor)));

        var result = await service.RunAsync(Inspection("h2k-missing-01", "images/parts.vmdk"));

        Assert.Equal(ErrorCodes.ImageNotFound, result.Error?.Code);
        Assert.Equal("images/parts-f001.vmdk", result.Error!.Details!["missing_file"].GetString());
        var risk = Assert.Single(result.Error.Details["risks"].EnumerateArray());
        Assert.Equal(("VMDK_EXTENT_MISSING", "high"), (risk.GetProperty("code").GetString(), risk.GetProperty("severity").GetString()));
    }

    [RequiresToolFact("qemu-img", "tar")]
    public async Task An_inspection_of_hyper2kvm_names_an_archive_as_a_risk()
    {
        var folder = Directory.CreateTempSubdirectory("orchestrate-ova-");
        try
        {
            var archive = Path.Combine(folder.FullName, "web.ova");
            Tool.Run("qemu-img", "convert", "-O", "vmdk", "-o", "subformat=streamOptimized", SampleImage.Path, Path.Combine(folder.FullName, "disk.vmdk"));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "web.ovf"), """
                <?xml version="1.0"?><Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
                <References><File ovf:id="f" ovf:href="disk.vmdk"/></References>
                <DiskSection><Info/><Disk ovf:diskId="d" ovf:fileRef="f" ovf:capacity="1"/></DiskSection></Envelope>
                """);
            Tool.Run("tar", "--format=ustar", "-C", folder.FullName, "-cf", archive, "web.ovf", "disk.vmdk");
            await service.UploadAsync("images", "web.ova", archive);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        var archived = await service.RunAsync(Inspection("h2k-archive-01", "images/web.ova"));
        var plain = await service.RunAsync(Inspection("h2k-archive-02", "images/debian-12.qcow2"));
        var refused = await service.RunAsync(Inspection("h2k-archive-03", "images/web.ova", failOn: "medium"));
        var accepted = await service.RunAsync(Inspection("h2k-archive-04", "images/web.ova", failOn: "high"));

        Assert.Equal(["ARCHIVE_INPUT"], archived.Data!.Value.GetProperty("risks").EnumerateArray().Select(risk => risk.GetProperty("code").GetString()));
        Assert.Equal(0, plain.Data!.Value.GetProperty("risks").GetArrayLength());
        Assert.Equal(("failed", ErrorCodes.PolicyFailed, "completed"), (refused.Status, refused.Error?.Code, accepted.Status));
        Assert.Equal("ARCHIVE_INPUT", refused.Error!.Details!["risks"][0].GetProperty("code").GetString());
        Assert.NotEmpty(refused.Outputs!.Artifacts);
    }

    private static JsonObject Inspection(string jobId, string path, string? failOn = null) => new()
    {
        ["job_id"] = jobId,
        ["operation"] = "inspect",
        ["image"] = new JsonObject { ["path"] = path },
        ["artifacts"] = new JsonObject { ["output_path"] = "/out/w" },
        ["audit"] = new JsonObject { ["requested_by"] = "ops" },
        ["parameters"] = failOn is null ? null : new JsonObject { ["fail_on"] = failOn },
    };
}
