using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.Validation;

namespace Orchestration.EndToEnd.Tests.KnownFaults;

/// <summary>Requests and documents that no list of faults names, and that are answered with a code all the same.</summary>
[Collection(RunningService.Collection)]
public class HostileRequestTests(RunningService service)
{
    [Fact]
    public async Task What_is_wrong_with_one_document_of_a_batch_keeps_nobody_from_the_answers_of_the_others()
    {
        string[] hostile =
        [
            Echo("hostile-half-1").Replace("\"ping\"", "\"\\ud800\"", StringComparison.Ordinal),
            Echo("hostile-deep-1").Replace("\"ping\"", new string('[', 61) + new string(']', 61), StringComparison.Ordinal),
            Echo("hostile-deep-2").Replace("\"ping\"", new string('[', 100_000), StringComparison.Ordinal),
            Echo("hostile-nan-01").Replace("\"ping\"", "NaN", StringComparison.Ordinal),
            Echo("hostile-big-01").Replace("ping", new string('x', JobDocumentReader.MaximumBytes), StringComparison.Ordinal),
        ];
        var lines = hostile.Select((document, index) => $"{document}\r\n\r\n{Echo($"hostile-good-{index}")}");
        using var content = new StringContent(string.Join("\r\n", lines), Encoding.UTF8, "application/x-ndjson");

        using var response = await service.Http.PostAsync(new Uri("./jobs:batch", UriKind.Relative), content);

        var report = await response.Content.ReadFromJsonAsync<BatchReport>(ProtocolJson.Options);
        Assert.Equal((hostile.Length, hostile.Length), (report!.Accepted, report.Refused));
        Assert.All(report.Items.Where(item => item.Index % 2 == 0), item => Assert.Contains(item.Code, (string[])[ErrorCodes.InvalidJson, ErrorCodes.ResourceLimit]));
        Assert.Equal("completed", (await service.WaitForResultAsync("hostile-good-4")).Status);
    }

    [Fact]
    public async Task A_document_as_deep_as_may_be_is_kept_shown_and_run()
    {
        // The object, payload and data are levels as well.
        var document = Echo("hostile-deepest").Replace("\"ping\"", new string('[', DocumentParser.MaximumDepth - 3) + new string(']', DocumentParser.MaximumDepth - 3), StringComparison.Ordinal);

        using var response = await service.SubmitAsync(document);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("completed", (await service.WaitForResultAsync("hostile-deepest")).Status);
        var shown = (await service.FindJobAsync("hostile-deepest"))!.Job!.Payload.Data.GetRawText();
        Assert.Equal(DocumentParser.MaximumDepth - 3, shown.Count(letter => letter == '['));
    }

    [Fact]
    public async Task A_document_with_a_byte_order_mark_is_taken()
    {
        using var content = new ByteArrayContent([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Echo("hostile-mark-01"))]);

        using var response = await service.Http.PostAsync("jobs", content);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    [Theory]
    [InlineData("jobs")]
    [InlineData("jobs:batch")]
    [InlineData("jobs:validate")]
    public async Task A_body_that_is_no_body_is_refused_with_a_code(string path)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, service.Service.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /{path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n"));

        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains(ServiceProblem.RequestBroken, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jobs", 2L << 20)]
    [InlineData("jobs:batch", 31_000_000L)]
    [InlineData("schedules/hostile", 2L << 20)]
    public async Task A_body_that_is_too_large_is_refused_with_a_code_whether_it_says_its_length_or_not(string path, long bytes)
    {
        foreach (var isChunked in (bool[])[false, true])
        {
            using var request = new HttpRequestMessage(path.StartsWith("schedules", StringComparison.Ordinal) ? HttpMethod.Put : HttpMethod.Post, new Uri($"./{path}", UriKind.Relative));
            request.Headers.ExpectContinue = true;
            request.Headers.TransferEncodingChunked = isChunked;
            request.Content = new ByteArrayContent(new byte[bytes]);

            using var response = await service.Http.SendAsync(request);

            var problem = await response.Content.ReadFromJsonAsync<ServiceProblem>(ProtocolJson.Options);
            Assert.Equal(ErrorCodes.ResourceLimit, problem!.Code);
        }
    }

    [Theory]
    [InlineData("jobs/..%2f..%2fclaims", ServiceProblem.JobNotFound)]
    [InlineData("jobs/%2e%2e%2fclaims/result", ServiceProblem.JobNotFound)]
    [InlineData("jobs/%ff%fe%fd12345/events", ServiceProblem.JobNotFound)]
    [InlineData("jobs/%2e%2e/result", ServiceProblem.PathNotFound)]
    [InlineData("jobs/hostile-none/artifacts/..%2fresult.json", ServiceProblem.ArtifactNotFound)]
    [InlineData("schedules/..%2fclaims", ServiceProblem.ScheduleNotFound)]
    [InlineData("jobs?cursor=..%2f..%2fclaims", ErrorCodes.InvalidField)]
    [InlineData("jobs?limit=99999999999999999999", ErrorCodes.InvalidField)]
    public async Task A_place_that_is_none_is_said_to_be_none(string path, string code)
    {
        using var response = await service.Http.GetAsync(new Uri($"./{path}", UriKind.Relative));

        var problem = await response.Content.ReadFromJsonAsync<ServiceProblem>(ProtocolJson.Options);
        Assert.Equal(code, problem!.Code);
    }

    private static string Echo(string jobId) => Jobs.Echo(jobId, new JsonObject { ["message"] = "ping" }).ToJsonString();
}
