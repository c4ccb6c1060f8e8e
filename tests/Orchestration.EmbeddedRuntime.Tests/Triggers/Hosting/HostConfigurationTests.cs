using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers.Hosting;

public sealed class HostConfigurationTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("host-configuration-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Host_json_lies_below_AzureFunctionsJobHost_and_may_hold_comments()
    {
        Write("host.json", """{ "version": "2.0", /* why */ "extensions": { "http": { "routePrefix": "v1" } } }""");
        var configuration = new ConfigurationManager();

        HostConfiguration.AddHostJson(configuration, _directory.FullName);

        Assert.Equal("v1", configuration["AzureFunctionsJobHost:extensions:http:routePrefix"]);
    }

    [Fact]
    public void Everything_else_wins_over_host_json()
    {
        Write("host.json", """{ "extensions": { "http": { "routePrefix": "v1" } } }""");
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection([new("AzureFunctionsJobHost:extensions:http:routePrefix", "other")]);

        HostConfiguration.AddHostJson(configuration, _directory.FullName);

        Assert.Equal("other", EmbeddedHostOptions.From(configuration).RoutePrefix);
    }

    [Fact]
    public void A_broken_host_json_is_named()
    {
        Write("host.json", "{");

        var exception = Assert.Throws<FunctionHostException>(
            () => HostConfiguration.AddHostJson(new ConfigurationManager(), _directory.FullName));

        Assert.Equal("host.invalid-json", exception.Code);
        Assert.Equal(Path.Combine(_directory.FullName, "host.json"), exception.Location);
    }

    [Fact]
    public void Values_of_local_settings_become_environment_variables_unless_set_already()
    {
        var (fresh, nested, taken) = ($"FRESH_{Guid.NewGuid():N}", $"NESTED_{Guid.NewGuid():N}", $"TAKEN_{Guid.NewGuid():N}");
        Environment.SetEnvironmentVariable(taken, "environment");
        Write("local.settings.json", $$"""{ "Values": { "{{fresh}}": "file", "{{nested}}:Inner": 5, "{{taken}}": "file" } }""");

        HostConfiguration.ApplyLocalSettings(_directory.FullName);

        Assert.Equal("file", Environment.GetEnvironmentVariable(fresh));
        Assert.Equal("5", Environment.GetEnvironmentVariable($"{nested}__Inner"));
        Assert.Equal("environment", Environment.GetEnvironmentVariable(taken));
    }

    [Theory]
    [InlineData("port", "70000")]
    [InlineData("address", "nowhere")]
    [InlineData("EmbeddedRuntime:BlobPollInterval", "soon")]
    [InlineData("EmbeddedRuntime:Retention:Failed", "never")]
    [InlineData("EmbeddedRuntime:ActivityLimits:Convert", "0")]
    [InlineData("AzureFunctionsJobHost:extensions:blobs:maxDegreeOfParallelism", "0")]
    [InlineData("AzureFunctionsJobHost:extensions:durableTask:hubName", "../hub")]
    public void A_setting_out_of_range_is_named(string key, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build();

        var exception = Assert.Throws<FunctionHostException>(() => EmbeddedHostOptions.From(configuration));

        Assert.Equal("setting.invalid", exception.Code);
        Assert.Contains(value, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Activities_are_limited_by_name()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("EmbeddedRuntime:ActivityLimits:Convert", "2")]).Build();

        Assert.Equal(KeyValuePair.Create("Convert", 2), Assert.Single(EmbeddedHostOptions.From(configuration).ActivityLimits));
    }

    [Fact]
    public void Only_ended_instances_have_a_retention()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [new("EmbeddedRuntime:Retention:Completed", "30.00:00:00"), new("EmbeddedRuntime:Retention:failed", "00:10")]).Build();
        var wrong = new ConfigurationBuilder().AddInMemoryCollection([new("EmbeddedRuntime:Retention:Running", "01:00:00")]).Build();

        Assert.Equal(
            new Dictionary<OrchestrationRuntimeStatus, TimeSpan>
            {
                [OrchestrationRuntimeStatus.Completed] = TimeSpan.FromDays(30),
                [OrchestrationRuntimeStatus.Failed] = TimeSpan.FromMinutes(10),
            },
            EmbeddedHostOptions.From(configuration).Retention);
        Assert.Equal(
            "EmbeddedRuntime:Retention:Running", Assert.Throws<FunctionHostException>(() => EmbeddedHostOptions.From(wrong)).Location);
    }

    [Fact]
    public void Without_settings_the_host_listens_where_func_start_does()
    {
        var options = EmbeddedHostOptions.From(new ConfigurationManager());

        Assert.Equal("127.0.0.1:7071/api", $"{options.Address}:{options.Port}/{options.RoutePrefix}");
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_directory.FullName, name), content);
}
