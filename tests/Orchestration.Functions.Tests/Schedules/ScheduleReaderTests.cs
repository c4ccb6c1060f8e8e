using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.Functions.Schedules;
using Orchestration.Protocol.Documents;
using Orchestration.TestSupport;

namespace Orchestration.Functions.Tests.Schedules;

public sealed class ScheduleReaderTests : IDisposable
{
    private readonly ServiceProvider _services = Services();

    public void Dispose() => _services.Dispose();

    [Theory]
    [InlineData("schedule: '*/5 * * * * *'\njob: {operation: system.echo, payload: {data: 1}}", "/schedule")]
    [InlineData("schedule: daily\njob: {operation: system.echo, payload: {data: 1}}", "/schedule")]
    [InlineData("schedule: '0 0 30 2 *'\njob: {operation: system.echo, payload: {data: 1}}", "/schedule")]
    [InlineData("schedule: '0 3 * * *'\ntime_zone: Middle/Earth\njob: {operation: system.echo, payload: {data: 1}}", "/time_zone")]
    [InlineData("schedule: '0 3 * * *'\nmissed_runs: all\njob: {operation: system.echo, payload: {data: 1}}", "/missed_runs")]
    [InlineData("schedule: '0 3 * * *'\nimages: {path: secrets/x}\njob: {operation: system.echo, payload: {data: {}}}", "/images/path")]
    [InlineData("schedule: '0 3 * * *'\nimages: {prefix: images}\njob: {operation: system.echo, payload: {data: {}}}", "/images/prefix")]
    [InlineData("schedule: '0 3 * * *'\nimages: {prefix: images/, limit: 0}\njob: {operation: system.echo, payload: {data: {}}}", "/images/limit")]
    [InlineData("schedule: '0 3 * * *'\nimages: {prefix: images/}\nidempotency_key: 'w-{ww}'\njob: {operation: system.echo, payload: {data: {}}}", "/idempotency_key")]
    [InlineData("schedule: '0 3 * * *'\nidempotency_key: '{ww}-{MM}'\njob: {operation: system.echo, payload: {data: {}}}", "/idempotency_key")]
    [InlineData("schedule: '0 3 * * *'\njob: {job_id: mine-0001, operation: system.echo, payload: {data: {}}}", "/job/job_id")]
    [InlineData("schedule: '0 3 * * *'\njob: {operation: no.such, payload: {data: {}}}", "/job/operation")]
    [InlineData("schedule: '0 3 * * *'\nimages: {prefix: images/}\njob: {operation: guestkit.inspect, payload: {data: {image: {path: images/fixed}}}}", "/job/payload/data/image/path")]
    [InlineData("schedule: '0 3 * * *'\njob: {operation: guestkit.inspect, payload: {data: {}}}", "/job/payload/data/image")]
    [InlineData("schedule: '0 3 * * *'", "/job")]
    public void What_is_wrong_is_told_by_its_place(string document, string pointer) =>
        Assert.Contains(pointer, Read(document).Violations.Select(violation => violation.Pointer));

    [Fact]
    public void The_job_for_an_image_is_the_template_with_its_places_filled()
    {
        var reading = Read("""
            schedule: "0 3 * * 1"
            time_zone: Europe/Berlin
            images: {prefix: images/web/}
            idempotency_key: "weekly-{yyyy}-W{ww}-{vm}"
            job:
              operation: guestkit.inspect
              metadata: {name: "{vm} of {yyyy}", labels: {team: web}}
              payload: {data: {options: {include_packages: true}}}
            """);

        var job = reading.Schedule!.CreateJob(new DateTimeOffset(2024, 12, 30, 3, 0, 0, TimeSpan.FromHours(1)), "images/web/web01.qcow2");

        Assert.Equal("images/web/web01.qcow2", job["payload"]!["data"]!["image"]!["path"]!.ToString());
        Assert.Equal(("guestkit.inspect.v1", "1.0", "VMOperation"), (job["payload"]!["type"]!.ToString(), job["version"]!.ToString(), job["kind"]!.ToString()));
        Assert.Equal(("web01 of 2024", "web", "nightly"), (job["metadata"]!["name"]!.ToString(), job["metadata"]!["labels"]!["team"]!.ToString(), job["metadata"]!["labels"]!["schedule"]!.ToString()));
        Assert.Equal("weekly-2025-W01-web01", job["execution"]!["idempotency_key"]!.ToString());
        Assert.StartsWith("nightly-20241230020000-", job["job_id"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Members_without_effect_are_named_those_of_the_job_included()
    {
        var reading = Read("""
            schedule: "0 3 * * 1"
            enabeld: false
            images: {prefix: images/web/, limits: 10}
            job:
              operation: guestkit.inspect
              execution: {prioritty: 3}
              payload: {data: {}}
            """);

        Assert.NotNull(reading.Schedule);
        Assert.Equal(["/enabeld", "/images/limits", "/job/execution/prioritty"], reading.UnknownMembers);
    }

    [Fact]
    public void The_samples_are_in_order() => Assert.All(
        Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "samples", "schedules")), file => Assert.Empty(Read(File.ReadAllText(file)).Violations));

    private ScheduleReading Read(string document) =>
        _services.GetRequiredService<ScheduleReader>().Read("nightly", Encoding.UTF8.GetBytes(document), DocumentFormat.Yaml);

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("AzureWebJobsStorage", "UseDevelopmentStorage=true")])
            .Build());
        services.AddOrchestration();
        return services.BuildServiceProvider();
    }
}
