using System.Net;
using System.Net.Http.Json;
using System.Text;
using Orchestration.EndToEnd.Tests.Support;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Failures;

public class OutageTests
{
    [Fact]
    public async Task While_the_storage_does_not_answer_callers_are_told_so_and_afterwards_all_is_well()
    {
        await using var azurite = await Azurite.StartAsync();
        await using var service = await ServiceProcess.StartAsync(azurite);
        await azurite.StopAsync();

        using var health = await service.Http.GetAsync("health");
        using var ready = await service.Http.GetAsync("health/ready");
        using var live = await service.Http.GetAsync("health/live");
        using var refused = await SubmitAsync(service);
        var problem = await refused.Content.ReadFromJsonAsync<ServiceProblem>(ProtocolJson.Options);
        await azurite.ResumeAsync();
        using var accepted = await SubmitAsync(service);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (ready.StatusCode, live.StatusCode));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(ServiceProblem.StorageUnavailable, problem?.Code);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
    }

    private static async Task<HttpResponseMessage> SubmitAsync(ServiceProcess service)
    {
        using var content = new StringContent(Jobs.Echo("echo-outage-01").ToJsonString(), Encoding.UTF8, "application/json");
        return await service.Http.PostAsync("jobs", content);
    }
}
