using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;

namespace Orchestration.EndToEnd.Tests.KnownFaults;

/// <summary>
/// Inputs that other workers of the protocol got wrong (specification sections 6.2 and 6.4), by the numbers that they have there, each with
/// the coded answer of this service. What cannot be shown by one document is in <see cref="FaultCoverageTests"/>.
/// </summary>
[Collection(RunningService.Collection)]
public class BadInputTests(RunningService service)
{
    private const string Digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>Number, document, member, its value, the code and the place of the answer.</summary>
    public static TheoryData<string, string, string, string, string, string> Refused => new()
    {
        { "W07", "echo", "job_id", "\"../../../etc/cron.d/x\"", ErrorCodes.InvalidField, "/job_id" },
        { "W07", "echo", "job_id", "\"/etc/passwd\"", ErrorCodes.InvalidField, "/job_id" },
        { "W07", "echo", "job_id", "\"job\\u0000-name\"", ErrorCodes.InvalidField, "/job_id" },
        { "W08", "inspect", "payload.data.image.path", "\"/dev/sda\"", ErrorCodes.PathNotAllowed, "/payload/data/image/path" },
        { "W08", "inspect", "payload.data.image.path", "\"images/../state/claims/x.json\"", ErrorCodes.PathNotAllowed, "/payload/data/image/path" },
        { "W08", "inspect", "payload.data.image.path", "\"http://169.254.169.254/metadata\"", ErrorCodes.PathNotAllowed, "/payload/data/image/path" },
        { "W08", "inspect", "payload.data.output", """{"destination":"/etc/cron.d/x"}""", ErrorCodes.PathNotAllowed, "/payload/data/output/destination" },
        { "W08", "inspect", "payload.data.output", """{"destination":"results/lab/../../x"}""", ErrorCodes.PathNotAllowed, "/payload/data/output/destination" },
        { "W14", "echo", "execution", """{"attempt":3,"max_attempts":2}""", ErrorCodes.InvalidField, "/execution/attempt" },
        { "W14", "echo", "execution", """{"deadline":"2026-03-01T07:59:59Z"}""", ErrorCodes.InvalidField, "/execution/deadline" },
        { "W15", "echo", "constraints", """{"required_features":["time-travel"]}""", ErrorCodes.CapabilityMismatch, "/constraints/required_features/0" },
        { "W15", "echo", "constraints", """{"minimum_worker_version":"99.0.0"}""", ErrorCodes.CapabilityMismatch, "/constraints/minimum_worker_version" },
        { "W15", "echo", "routing", """{"worker_pool":"elsewhere"}""", ErrorCodes.NoMatchingWorker, "/routing/worker_pool" },
        { "W16", "echo", "operation", "\"echo\"", ErrorCodes.InvalidField, "/operation" },
        { "W16", "echo", "operation", "\".x\"", ErrorCodes.InvalidField, "/operation" },
        { "W16", "echo", "operation", "\"x.\"", ErrorCodes.InvalidField, "/operation" },
        { "W16", "echo", "payload.type", "\"a..v\"", ErrorCodes.InvalidField, "/payload/type" },
        { "W16", "echo", "payload.type", "\"system.echo.vx\"", ErrorCodes.InvalidField, "/payload/type" },
        { "W16", "echo", "payload.type", "\"guestkit.fix.v1\"", ErrorCodes.InvalidField, "/payload/type" },
        { "W16", "echo", "execution", """{"timeout_seconds":0}""", ErrorCodes.InvalidField, "/execution/timeout_seconds" },
        { "W16", "echo", "execution", """{"timeout_seconds":86401}""", ErrorCodes.InvalidField, "/execution/timeout_seconds" },
        { "W16", "echo", "execution", """{"attempt":0}""", ErrorCodes.InvalidField, "/execution/attempt" },
        { "W16", "echo", "version", "\"2.0\"", ErrorCodes.UnsupportedVersion, "/version" },
        { "W16", "echo", "kind", "\"Coffee\"", ErrorCodes.InvalidField, "/kind" },
        { "W22", "inspect", "payload.data.image.checksum", "\"md5:d41d8cd98f00b204e9800998ecf8427e\"", ErrorCodes.ChecksumAlgorithmUnsupported, "/payload/data/image/checksum" },
        { "W22", "inspect", "payload.data.image.checksum", "\"sha256:short\"", ErrorCodes.PayloadInvalid, "/payload/data/image/checksum" },
        { "W23", "inspect", "payload.data.image.read_only", "false", ErrorCodes.PayloadInvalid, "/payload/data/image/read_only" },
        { "W23", "inspect", "payload.data.output", """{"compression":"lzma"}""", ErrorCodes.PayloadInvalid, "/payload/data/output/compression" },
        { "W25", "inspect", "payload.data.options.profiles", """["elegance"]""", ErrorCodes.PayloadInvalid, "/payload/data/options/profiles/0" },
        { "H02", "hyper2kvm", "operation", "\"boot_repair\"", ErrorCodes.OperationNotImplemented, "/operation" },
        { "H02", "hyper2kvm", "operation", "\"brew\"", ErrorCodes.InvalidField, "/operation" },
        { "H05", "hyper2kvm", "job_id", "\"../../tmp/x\"", ErrorCodes.InvalidField, "/job_id" },
        { "H06", "hyper2kvm", "execution_policy", """{"retry_count":6}""", ErrorCodes.InvalidField, "/execution_policy/retry_count" },
        { "H06", "hyper2kvm", "capability_requirements", """{"min_memory_gb":900000}""", ErrorCodes.CapabilityMismatch, "/constraints/minimum_memory_gb" },
        { "H07", "hyper2kvm", "execution_policy", """{"timeout_seconds":59}""", ErrorCodes.InvalidField, "/execution_policy/timeout_seconds" },
        { "H09", "hyper2kvm", "image.format", "\"../x\"", ErrorCodes.InvalidField, "/image/format" },
        { "H10", "hyper2kvm", "created_at", "\"yesterday\"", ErrorCodes.InvalidField, "/created_at" },
        { "H14", "hyper2kvm", "execution_policy", """{"priority":101}""", ErrorCodes.InvalidField, "/execution_policy/priority" },
        { "H14", "hyper2kvm", "audit", """{"requested_by":"me","tags":["a"]}""", ErrorCodes.InvalidField, "/audit/tags" },
        { "H15", "hyper2kvm", "parameters", """{"luks_passphrase":"hunter2"}""", ErrorCodes.InvalidField, "/parameters/luks_passphrase" },
    };

    /// <summary>Number, document, member and its value, which were refused or lost and must not be.</summary>
    public static TheoryData<string, string, string, string> Accepted => new()
    {
        { "W17", "echo", "x_vendor", """{"deep":{"er":1}}""" },
        { "W17", "echo", "version", "\"1.7\"" },
        { "W22", "inspect", "payload.data.image.checksum", $"\"{Digest}\"" },
        { "W24", "inspect", "payload.data.options", "null" },
        { "H08", "hyper2kvm", "parameters", "null" },
        { "H14", "hyper2kvm", "execution_policy", """{"priority":75}""" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task It_is_refused_with_a_code_and_a_place(string number, string kind, string member, string value, string code, string pointer)
    {
        using var response = await service.Http.PostAsync(new Uri("./jobs:validate", UriKind.Relative), JsonContent.Create(Document(number, kind, member, value)));

        var problem = await response.Content.ReadFromJsonAsync<ServiceProblem>(ProtocolJson.Options);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains((code, pointer), problem!.Violations!.Select(violation => (violation.Code, violation.Pointer)));
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task It_is_accepted_and_kept(string number, string kind, string member, string value)
    {
        using var response = await service.Http.PostAsync(new Uri("./jobs:validate", UriKind.Relative), JsonContent.Create(Document(number, kind, member, value)));

        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task In_strict_mode_an_unknown_member_is_refused_by_its_place()
    {
        using var response = await service.Http.PostAsync(
            new Uri("./jobs?strict=true", UriKind.Relative), JsonContent.Create(Document("W17", "echo", "prioritty", "7")));

        var problem = await response.Content.ReadFromJsonAsync<ServiceProblem>(ProtocolJson.Options);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal([(ErrorCodes.UnknownField, "/prioritty")], problem!.Violations!.Select(violation => (violation.Code, violation.Pointer)));
    }

    private static JsonObject Document(string number, string kind, string member, string value)
    {
        var jobId = $"fault-{number}-{kind}";
        var document = kind switch
        {
            "inspect" => Jobs.Inspect(jobId, "images/debian-12.qcow2", "qcow2"),
            "hyper2kvm" => new JsonObject
            {
                ["version"] = "1.0",
                ["job_id"] = jobId,
                ["operation"] = "inspect",
                ["image"] = new JsonObject { ["path"] = "images/debian-12.qcow2", ["format"] = "qcow2" },
                ["artifacts"] = new JsonObject { ["output_path"] = "/results/lab" },
                ["audit"] = new JsonObject { ["requested_by"] = "me" },
            },
            _ => Jobs.Echo(jobId),
        };
        var path = member.Split('.');
        var owner = path[..^1].Aggregate((JsonNode)document, (node, name) => node[name] ?? throw new ArgumentException(member));
        owner[path[^1]] = JsonNode.Parse(value);
        return document;
    }
}
