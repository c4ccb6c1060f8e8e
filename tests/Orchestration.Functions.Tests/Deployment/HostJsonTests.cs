using System.Text.Json.Nodes;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Deployment;

public class HostJsonTests
{
    [Fact]
    public void The_host_json_of_the_durable_task_scheduler_differs_in_the_storage_provider_only()
    {
        var common = Read("host.json");
        var scheduler = Read("infra/host.scheduler.json");

        var provider = DurableTask(scheduler)["storageProvider"];
        DurableTask(scheduler).Remove("storageProvider");

        Assert.Equal("azureManaged", provider?["type"]?.GetValue<string>());
        Assert.True(JsonNode.DeepEquals(common, scheduler), "infra/host.scheduler.json says something else than host.json.");
    }

    [Fact]
    public void Limits_are_numbers_because_the_scale_controller_reads_the_file_and_no_settings()
    {
        var durableTask = DurableTask(Read("host.json"));

        Assert.True(durableTask["maxConcurrentActivityFunctions"]?.GetValue<int>() > 0);
        Assert.True(durableTask["maxConcurrentOrchestratorFunctions"]?.GetValue<int>() > 0);
    }

    private static JsonObject DurableTask(JsonNode host) => host["extensions"]?["durableTask"]?.AsObject()
        ?? throw new InvalidDataException("Expected extensions.durableTask in host.json.");

    private static JsonNode Read(string path) => JsonNode.Parse(File.ReadAllText(Path.Combine(RepositoryRoot.Path, path)))
        ?? throw new InvalidDataException($"Expected an object in {path}.");
}
