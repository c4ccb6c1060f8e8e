using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Orchestration.Functions.Images;
using Orchestration.Functions.Observability;
using Orchestration.Functions.Operations;
using Orchestration.Functions.Operations.Compare;
using Orchestration.Functions.Operations.Echo;
using Orchestration.Functions.Operations.Guests;
using Orchestration.Functions.Operations.Inspect;
using Orchestration.Functions.Operations.Profile;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Protocol;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Tests.Operations;

public class PayloadValidationTests
{
    [Theory]
    [InlineData("""{"image":{"path":"images/a.qcow2"}}""")]
    [InlineData("""{"image":{"path":"images/a.qcow2","format":"qcow2","read_only":true,"checksum":null,"size_bytes":null},"options":null,"output":null}""")]
    [InlineData("""{"image":{"path":"/images/a.img","format":"img"},"options":{"deep_scan":false,"include_packages":false,"profiles":["security"]},"output":{"format":"yaml","destination":"/results/lab/a.yaml","compression":"gzip"}}""")]
    public void An_inspection_that_can_be_done_is_accepted_and_planned(string data)
    {
        Assert.Empty(Violations(Inspect(), data));
        Assert.Equal("map", Inspect().Plan(Parse(data)).Stages[0].Steps[0].Id);
    }

    [Theory]
    [InlineData("null", "/payload/data", ErrorCodes.PayloadInvalid)]
    [InlineData("{}", "/payload/data/image", ErrorCodes.MissingField)]
    [InlineData("""{"image":{}}""", "/payload/data/image/path", ErrorCodes.MissingField)]
    [InlineData("""{"image":{"path":"secrets/a"}}""", "/payload/data/image/path", ErrorCodes.PathNotAllowed)]
    [InlineData("""{"image":{"path":"images/a","format":"floppy"}}""", "/payload/data/image/format", ErrorCodes.PayloadInvalid)]
    [InlineData("""{"image":{"path":"images/a","checksum":"md5:0"}}""", "/payload/data/image/checksum", ErrorCodes.ChecksumAlgorithmUnsupported)]
    [InlineData("""{"image":{"path":"images/a","read_only":false}}""", "/payload/data/image/read_only", ErrorCodes.PayloadInvalid)]
    [InlineData("""{"image":{"path":"images/a"},"options":{"deep_scan":"all"}}""", "/payload/data/options/deep_scan", ErrorCodes.PayloadInvalid)]
    [InlineData("""{"image":{"path":"images/a"},"options":{"include_users":"yes"}}""", "/payload/data/options/include_users", ErrorCodes.PayloadInvalid)]
    [InlineData("""{"image":{"path":"images/a"},"options":{"waivers":"../state/x"}}""", "/payload/data/options/waivers", ErrorCodes.PayloadInvalid)]
    [InlineData("""{"image":{"path":"images/a"},"options":{"severity_threshold":"huge"}}""", "/payload/data/options/severity_threshold", ErrorCodes.PayloadInvalid)]
    [InlineData("""{"image":{"path":"images/a"},"options":{"reports":["html","pdf"]}}""", "/payload/data/options/reports/1", ErrorCodes.PayloadInvalid)]
    [InlineData("""{"image":{"path":"images/a"},"options":{"profiles":["vanity"]}}""", "/payload/data/options/profiles/0", ErrorCodes.PayloadInvalid)]
    [InlineData("""{"image":{"path":"images/a","checksum":"sha256:00"}}""", "/payload/data/image/checksum", ErrorCodes.PayloadInvalid)]
    [InlineData("""{"image":{"path":"images/a"},"output":{"format":"xml"}}""", "/payload/data/output/format", ErrorCodes.PayloadInvalid)]
    [InlineData("""{"image":{"path":"images/a"},"output":{"compression":"zip"}}""", "/payload/data/output/compression", ErrorCodes.PayloadInvalid)]
    [InlineData("""{"image":{"path":"images/a"},"output":{"destination":"/etc/cron.d/x"}}""", "/payload/data/output/destination", ErrorCodes.PathNotAllowed)]
    [InlineData("""{"image":{"path":"images/a"},"output":{"destination":"results/../state/claims/x.json"}}""", "/payload/data/output/destination", ErrorCodes.PathNotAllowed)]
    [InlineData("""{"image":{"path":"images/a"},"output":{"destination":"results/another-job/result.json"}}""", "/payload/data/output/destination", ErrorCodes.PathNotAllowed)]
    [InlineData("""{"image":{"path":"images/a"},"output":{"destination":"results/a.yaml"}}""", "/payload/data/output/destination", ErrorCodes.PathNotAllowed)]
    [InlineData("""{"image":{"path":"images/a"},"output":{"destination":"results/lab//a.yaml"}}""", "/payload/data/output/destination", ErrorCodes.PathNotAllowed)]
    public void An_inspection_that_cannot_be_done_is_refused_with_the_place(string data, string pointer, string code)
    {
        var violation = Assert.Single(Violations(Inspect(), data));

        Assert.Equal((pointer, code), (violation.Pointer, violation.Code));
    }

    [Fact]
    public void A_deep_scan_comes_before_what_rests_on_it()
    {
        var plan = Inspect().Plan(Parse("""{"image":{"path":"images/a"},"options":{"deep_scan":true,"include_databases":true,"profiles":["vulnerabilities","security"]}}"""));

        Assert.Equal(3, plan.Stages.Count);
        Assert.Contains(plan.Stages[1].Steps, step => step.Id == GuestSteps.Languages);
        Assert.Contains(plan.Stages[1].Steps, step => step.Id == GuestSteps.Databases);
        Assert.Equal([GuestSteps.Vulnerabilities], plan.Stages[2].Steps.Select(step => step.Id));
    }

    [Fact]
    public void Steps_that_were_not_asked_for_are_not_planned()
    {
        var plan = Inspect().Plan(Parse("""{"image":{"path":"images/a"},"options":{"include_packages":false,"include_network":false,"profiles":["security","security"]}}"""));

        var steps = plan.Stages[1].Steps.Select(step => step.Id).ToList();
        Assert.DoesNotContain("packages", steps);
        Assert.DoesNotContain("network", steps);
        Assert.Contains("services", steps);
        Assert.Single(steps, "profile-security");
    }

    [Fact]
    public void What_a_report_needs_is_planned_once()
    {
        var plan = Profile().Plan(Parse("""{"image":{"path":"images/a"},"profiles":["vulnerabilities"],"options":{"reports":["cyclonedx","html"]}}"""));

        Assert.Equal(["operating-system", "packages", "vulnerabilities"], plan.Stages[1].Steps.Select(step => step.Id));
    }

    [Fact]
    public void A_profile_job_names_at_least_one_profile()
    {
        Assert.Equal("/payload/data/profiles", Assert.Single(Violations(Profile(), """{"image":{"path":"images/a"}}""")).Pointer);
        Assert.Equal("/payload/data/profiles", Assert.Single(Violations(Profile(), """{"image":{"path":"images/a"},"profiles":[]}""")).Pointer);
        Assert.Empty(Violations(Profile(), """{"image":{"path":"images/a"},"profiles":["pci-dss-4"],"options":{"severity_threshold":"high","waivers":"web/2026.yaml"}}"""));
    }

    [Theory]
    [InlineData("""{"baseline":{"path":"images/a"},"target":{"job_id":"inspect-web01"},"options":{"compare_files":true,"files":["/etc"],"profiles":["security"]}}""", null)]
    [InlineData("""{"baseline":{"path":"images/a"}}""", "/payload/data/target")]
    [InlineData("""{"baseline":{"path":"images/a"},"target":{}}""", "/payload/data/target/path")]
    [InlineData("""{"baseline":{"path":"images/a"},"target":{"path":"secrets/a"}}""", "/payload/data/target/path")]
    [InlineData("""{"baseline":{"path":"images/a"},"target":{"path":"images/b","job_id":"inspect-web01"}}""", "/payload/data/target/job_id")]
    [InlineData("""{"baseline":{"path":"images/a"},"target":{"job_id":"../x"}}""", "/payload/data/target/job_id")]
    [InlineData("""{"baseline":{"path":"images/a"},"target":{"path":"images/b"},"options":{"files":["etc"]}}""", "/payload/data/options/files/0")]
    [InlineData("""{"baseline":{"path":"images/a"},"target":{"path":"images/b"},"options":{"profiles":["vulnerabilities"]}}""", "/payload/data/options/profiles/0")]
    public void A_comparison_is_of_two_guests_each_an_image_or_a_job(string data, string? pointer) =>
        Assert.Equal(pointer is null ? [] : [pointer], Violations(Compare(), data).Select(violation => violation.Pointer));

    [Theory]
    [InlineData("""{"image":{"path":"images/a"},"parameters":{"fail_on":"medium"}}""", null)]
    [InlineData("""{"image":{"path":"images/a"},"parameters":{"fail_on":"worst"}}""", "/payload/data/parameters/fail_on")]
    [InlineData("""{"image":{"path":"images/a"},"parameters":{"fail_on":3}}""", "/payload/data/parameters/fail_on")]
    public void An_inspection_of_hyper2kvm_may_say_which_risks_fail_it(string data, string? pointer)
    {
        var inspect = new InspectOperation(Steps(), new ReportArtifacts(TimeProvider.System), Locator(), InspectOperation.Hyper2KvmName);

        Assert.Equal(pointer is null ? [] : [pointer], Violations(inspect, data).Select(violation => violation.Pointer));
    }

    [Fact]
    public void An_echo_takes_anything_and_limits_its_own_options()
    {
        Assert.Empty(Violations(new EchoOperation(), "\"text\""));
        Assert.Empty(Violations(new EchoOperation(), """{"delay_ms":10000}"""));
        Assert.Equal("/payload/data/delay_ms", Assert.Single(Violations(new EchoOperation(), """{"delay_ms":10001}""")).Pointer);
    }

    private static List<Violation> Violations(IOperation operation, string data)
    {
        var violations = new List<Violation>();
        operation.Validate(Parse(data), "/payload/data", violations);
        return violations;
    }

    private static JsonElement Parse(string text) => JsonDocument.Parse(text).RootElement;

    private static InspectOperation Inspect() => new(Steps(), new ReportArtifacts(TimeProvider.System), Locator());

    private static ProfileOperation Profile() => new(Steps(), new ReportArtifacts(TimeProvider.System), Locator());

    private static CompareOperation Compare() => new(new SnapshotTaker(new ImageOpener(Locator(), new SharedSources(TimeProvider.System, Options.Create(new ImageOptions())), new JobMeters()), Accounts(), new ClaimStore(Accounts()), TimeProvider.System), Locator());

    private static GuestSteps Steps() =>
        new(new ImageOpener(Locator(), new SharedSources(TimeProvider.System, Options.Create(new ImageOptions())), new JobMeters()), new PolicyStore(Accounts()), new AdvisoryStore(Accounts()), TimeProvider.System);

    private static ImageLocator Locator() => new(Options.Create(new ImageOptions()), Accounts());

    private static StorageAccounts Accounts() => new(new ConfigurationBuilder()
        .AddInMemoryCollection([KeyValuePair.Create<string, string?>("AzureWebJobsStorage", "UseDevelopmentStorage=true")])
        .Build());
}
