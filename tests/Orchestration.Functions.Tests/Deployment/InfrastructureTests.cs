using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Orchestration.Functions.Storage;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Deployment;

/// <summary>Names that the infrastructure and the app must agree on.</summary>
public partial class InfrastructureTests
{
    [Fact]
    public void Every_container_of_the_app_is_declared()
    {
        var declared = QuotedLine().Matches(Read("infra/modules/storage.bicep")).Select(match => match.Groups[1].Value).ToHashSet();

        var containers = typeof(Containers).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToList();
        Assert.NotEmpty(containers);
        Assert.Empty(containers.Except(declared));
    }

    [Fact]
    public void Every_blob_trigger_has_its_subscription()
    {
        var subscribed = Subscription().Matches(Read("infra/inbox-subscriptions.bicep"))
            .Select(match => (Container: match.Groups[1].Value, Function: match.Groups[2].Value));

        var triggers =
            from type in typeof(Containers).Assembly.GetExportedTypes()
            from method in type.GetMethods()
            from parameter in method.GetParameters()
            let trigger = parameter.GetCustomAttribute<BlobTriggerAttribute>()
            where trigger is not null
            select (Container: trigger.BlobPath.Split('/')[0], Function: method.GetCustomAttribute<FunctionAttribute>()?.Name ?? "");
        Assert.Equal(triggers.Order(), subscribed.Order());
    }

    [Fact]
    public void The_task_hub_of_the_scheduler_is_the_one_that_its_host_json_names()
    {
        var hub = JsonNode.Parse(Read("infra/host.scheduler.json"))?["extensions"]?["durableTask"]?["hubName"]?.GetValue<string>();

        Assert.Equal(hub, TaskHub().Match(Read("infra/modules/scheduler.bicep")).Groups[1].Value);
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(RepositoryRoot.Path, path));

    [GeneratedRegex(@"^\s+'([a-z-]+)'$", RegexOptions.Multiline)]
    private static partial Regex QuotedLine();

    [GeneratedRegex(@"schedulers/taskHubs@[^']+' = \{\s+parent: scheduler\s+name: '([^']+)'")]
    private static partial Regex TaskHub();

    [GeneratedRegex(@"container: '([^']+)'\s+functionName: '([^']+)'")]
    private static partial Regex Subscription();
}
