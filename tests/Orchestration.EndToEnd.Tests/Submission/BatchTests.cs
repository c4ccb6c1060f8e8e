using System.Net;
using System.Net.Http.Json;
using System.Text;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;

namespace Orchestration.EndToEnd.Tests.Submission;

[Collection(RunningService.Collection)]
public class BatchTests(RunningService service)
{
    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    public async Task Every_document_of_a_batch_is_answered_in_its_place(string mediaType)
    {
        var name = mediaType.EndsWith("json", StringComparison.Ordinal) && mediaType.Contains("nd", StringComparison.Ordinal) ? "lines" : "array";
        var wrong = Jobs.Echo($"batch-{name}-wrong");
        wrong["kind"] = "Coffee";
        string[] documents = [Jobs.Echo($"batch-{name}-one").ToJsonString(), wrong.ToJsonString(), "{\"cut\":", Jobs.Echo($"batch-{name}-two").ToJsonString()];
        var batch = name == "lines" ? string.Join('\n', documents) : $"[{string.Join(',', documents.Where(document => document.EndsWith('}')))}]";

        var report = await SubmitAsync(batch, mediaType);

        Assert.Equal((2, 0, name == "lines" ? 2 : 1), (report.Accepted, report.Deduplicated, report.Refused));
        Assert.Equal(Enumerable.Range(0, report.Items.Count), report.Items.Select(item => item.Index));
        Assert.Equal("/kind", Assert.Single(report.Items[1].Violations!).Pointer);
        Assert.Equal("completed", (await service.WaitForResultAsync($"batch-{name}-one")).Status);
        Assert.Equal("completed", (await service.WaitForResultAsync($"batch-{name}-two")).Status);
    }

    [Fact]
    public async Task A_thousand_documents_are_taken_in_one_call_and_none_is_lost()
    {
        const int Count = 1000;
        var batch = string.Join('\n', Enumerable.Range(0, Count).Select(number => Jobs.Echo($"batch-thousand-{number:0000}").ToJsonString()));

        var report = await SubmitAsync(batch, "application/x-ndjson");

        Assert.Equal(Count, report.Accepted);
        Assert.Equal("completed", (await service.WaitForResultAsync("batch-thousand-0000")).Status);
        Assert.Equal("completed", (await service.WaitForResultAsync("batch-thousand-0999")).Status);
    }

    [Fact]
    public async Task A_document_that_stands_twice_in_a_batch_is_run_once()
    {
        var document = Jobs.Echo("batch-twice-01").ToJsonString();

        var report = await SubmitAsync($"[{document},{document}]", "application/json");

        Assert.Equal((1, 1), (report.Accepted, report.Refused));
        Assert.Equal(ErrorCodes.DuplicateJob, report.Items.Single(item => item.Status == "refused").Code);
        await service.WaitForResultAsync("batch-twice-01");
    }

    [Fact]
    public async Task An_empty_batch_is_refused()
    {
        using var content = new StringContent("[]", Encoding.UTF8, "application/json");
        using var response = await service.Http.PostAsync(new Uri("./jobs:batch", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private async Task<BatchReport> SubmitAsync(string batch, string mediaType)
    {
        using var content = new StringContent(batch, Encoding.UTF8, mediaType);
        using var response = await service.Http.PostAsync(new Uri("./jobs:batch", UriKind.Relative), content);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<BatchReport>(ProtocolJson.Options))!;
    }
}
