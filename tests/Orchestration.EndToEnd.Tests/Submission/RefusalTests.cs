using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Results;
using Orchestration.Protocol.Service;

namespace Orchestration.EndToEnd.Tests.Submission;

[Collection(RunningService.Collection)]
public class RefusalTests(RunningService service) : IAsyncLifetime
{
    /// <summary>Whatever a test did, the service goes on.</summary>
    public async Task DisposeAsync()
    {
        var result = await service.RunAsync(Jobs.Echo($"echo-after-{Guid.NewGuid():N}"));
        Assert.Equal("completed", result.Status);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_same_job_id_twice_is_a_conflict_and_leaves_the_first_result_alone()
    {
        var first = await service.RunAsync(Jobs.Echo("echo-twice-01"));

        using var response = await service.SubmitAsync(Jobs.Echo("echo-twice-01", new JsonObject { ["message"] = "another" }));

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal(ErrorCodes.DuplicateJob, (await ReadProblemAsync(response)).Code);
        Assert.Equal(first.CompletedAt, (await service.WaitForResultAsync("echo-twice-01")).CompletedAt);
    }

    [Fact]
    public async Task Of_many_submissions_of_one_id_at_once_exactly_one_wins()
    {
        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => service.SubmitAsync(Jobs.Echo("echo-race-01"))));

        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.Accepted);
        Assert.Equal(9, responses.Count(response => response.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal("completed", (await service.WaitForResultAsync("echo-race-01")).Status);
    }

    [Fact]
    public async Task Five_errors_are_all_reported_and_leave_a_failed_result()
    {
        var document = Jobs.Inspect("inspect-errors-1", "images/debian-12.qcow2");
        document["version"] = "7.0";
        document["kind"] = "Coffee";
        document.Remove("created_at");
        document["execution"] = new JsonObject { ["priority"] = 0, ["max_attempts"] = 0 };

        using var response = await service.SubmitAsync(document);
        var problem = await ReadProblemAsync(response);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            ["/created_at", "/execution/max_attempts", "/execution/priority", "/kind", "/version"],
            problem.Violations!.Select(violation => violation.Pointer).Order(StringComparer.Ordinal));
        var result = await service.Http.GetFromJsonAsync<JobResult>("jobs/inspect-errors-1/result", ProtocolJson.Options);
        Assert.Equal("failed", result!.Status);
        Assert.Equal(5, result.Error!.Details!["violations"].GetArrayLength());
    }

    [Fact]
    public async Task A_corrected_document_may_use_the_id_of_the_refused_one()
    {
        var document = Jobs.Echo("echo-corrected-1", new JsonObject { ["delay_ms"] = 1000 });
        document["kind"] = "Coffee";
        using var refused = await service.SubmitAsync(document);
        document["kind"] = "VMOperation";
        using var accepted = await service.SubmitAsync(document);
        using var early = await service.Http.GetAsync("jobs/echo-corrected-1/result");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);

        // The refusal's result is gone: what is asked for now is the job's own.
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        Assert.Equal("completed", (await service.WaitForResultAsync("echo-corrected-1")).Status);
    }

    [Theory]
    [InlineData("images/../results/secret", "dotdot")]
    [InlineData("images/a/../../b", "nested")]
    [InlineData("results/some-job/result.json", "container")]
    [InlineData("https://example.org/images/debian-12.qcow2", "host")]
    [InlineData("file:///etc/passwd", "file")]
    [InlineData("/etc/passwd", "absolute")]
    [InlineData("images//x", "empty")]
    public async Task An_image_outside_the_allowed_containers_is_refused_and_leaves_a_failed_result(string path, string name)
    {
        var jobId = $"inspect-path-{name}";

        using var response = await service.SubmitAsync(Jobs.Inspect(jobId, path));
        var violation = Assert.Single((await ReadProblemAsync(response)).Violations!);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(("/payload/data/image/path", ErrorCodes.PathNotAllowed), (violation.Pointer, violation.Code));
        Assert.Equal("failed", (await service.WaitForResultAsync(jobId)).Status);
    }

    [Fact]
    public async Task An_image_that_does_not_exist_fails_the_job()
    {
        var result = await service.RunAsync(Jobs.Inspect("inspect-missing-1", "images/no-such-image.qcow2"));

        AssertFailed(ErrorCodes.ImageNotFound, result);
    }

    [Fact]
    public async Task A_truncated_image_fails_the_job()
    {
        var content = await File.ReadAllBytesAsync(SampleImage.Path);
        await service.UploadAsync("images", "truncated.qcow2", new MemoryStream(content[..(content.Length / 3)]));

        var result = await service.RunAsync(Jobs.Inspect("inspect-truncated", "images/truncated.qcow2", "qcow2"));

        AssertFailed(ErrorCodes.ImageCorrupt, result);
    }

    [Fact]
    public async Task Random_bytes_are_not_taken_for_what_they_are_declared()
    {
        await UploadRandomAsync("random.qcow2");

        var result = await service.RunAsync(Jobs.Inspect("inspect-random-1", "images/random.qcow2", "qcow2"));

        AssertFailed(ErrorCodes.ImageFormatMismatch, result);
    }

    [Fact]
    public async Task Random_bytes_that_claim_nothing_hold_no_operating_system()
    {
        await UploadRandomAsync("random.img");

        var result = await service.RunAsync(Jobs.Inspect("inspect-random-2", "images/random.img"));

        AssertFailed(ErrorCodes.NoOperatingSystem, result);
    }

    [Fact]
    public async Task A_declared_format_that_contradicts_the_content_fails_the_job()
    {
        var result = await service.RunAsync(Jobs.Inspect("inspect-declared", "images/debian-12.qcow2", "raw"));

        AssertFailed(ErrorCodes.ImageFormatMismatch, result);
    }

    [Theory]
    [InlineData("{", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    public async Task What_is_not_a_job_document_is_refused(string body, HttpStatusCode status)
    {
        using var response = await service.SubmitAsync(body);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(ErrorCodes.InvalidJson, (await ReadProblemAsync(response)).Code);
    }

    [Fact]
    public async Task A_document_that_is_too_large_is_refused_for_its_size()
    {
        using var response = await service.SubmitAsync(new string(' ', 1024 * 1024) + "{}");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task An_unknown_operation_and_one_to_come_are_refused_by_name()
    {
        var unknown = Jobs.Echo("echo-unknown-01");
        unknown["operation"] = "guestkit.brew";
        unknown["payload"]!["type"] = "guestkit.brew.v1";

        var planned = Jobs.Echo("echo-planned-01");
        planned["operation"] = "guestkit.passport";
        planned["payload"]!["type"] = "guestkit.passport.v1";

        using var operation = await service.SubmitAsync(unknown);
        using var toCome = await service.SubmitAsync(planned);

        Assert.Equal(ErrorCodes.UnsupportedOperation, (await ReadProblemAsync(operation)).Code);
        Assert.Equal(ErrorCodes.OperationNotImplemented, (await ReadProblemAsync(toCome)).Code);
    }

    private static async Task<ServiceProblem> ReadProblemAsync(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<ServiceProblem>(ProtocolJson.Options))!;

    private static void AssertFailed(string code, JobResult result)
    {
        Assert.Equal("failed", result.Status);
        Assert.Equal(code, result.Error!.Code);
        Assert.False(result.Error.Recoverable);
    }

    private async Task UploadRandomAsync(string name)
    {
        var content = new byte[1024 * 1024];
        new Random(7).NextBytes(content);
        await service.UploadAsync("images", name, new MemoryStream(content));
    }
}
