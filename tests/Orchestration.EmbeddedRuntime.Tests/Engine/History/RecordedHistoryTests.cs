using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Engine.History;

/// <summary>Histories that earlier builds recorded are replayed by this build with the orchestrators that made them.</summary>
public partial class RecordedHistoryTests
{
    public static TheoryData<string> Names => [.. RecordedOrchestrators.All.Keys];

    private static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Engine", "History", "Recorded");

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_recorded_history_is_repeated_event_by_event(string name)
    {
        await using var host = await StartAsync();
        string file = Path.Combine(Folder, $"{name}.json");
        if (!File.Exists(file) && Environment.GetEnvironmentVariable("RECORD_HISTORIES") == "1")
        {
            string source = Path.Combine(Path.GetDirectoryName(ThisFile()) ?? string.Empty, "Recorded", $"{name}.json");
            await RecordAsync(host, name, source);
            Directory.CreateDirectory(Folder);
            File.Copy(source, file);
        }

        ReplayReport report = Histories(host).Replay(await File.ReadAllTextAsync(file));

        Assert.Null(report.Divergence);
        Assert.Equal(name, report.Name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_this_build_records_is_repeated_too(string name)
    {
        await using var host = await StartAsync();
        using var folder = new TemporaryFolder();
        string file = folder.File("history.json");

        await RecordAsync(host, name, file);

        Assert.Null(Histories(host).Replay(await File.ReadAllTextAsync(file)).Divergence);
    }

    [Fact]
    public void Every_kind_of_event_is_in_one_of_them()
    {
        var kinds = typeof(HistoryEvent).GetCustomAttributes<JsonDerivedTypeAttribute>()
            .Where(kind => !kind.DerivedType.IsSubclassOf(typeof(EntityMessage)) && kind.DerivedType != typeof(ForeignWorkDetected));
        string all = string.Concat(Directory.GetFiles(Folder).Select(File.ReadAllText));

        Assert.All(kinds, kind => Assert.Contains($"\"type\":\"{kind.TypeDiscriminator}\"", all, StringComparison.Ordinal));
    }

    [Fact]
    public void An_exported_history_reads_back_as_it_was_written()
    {
        Assert.All(Directory.GetFiles(Folder), file =>
        {
            string text = File.ReadAllText(file);
            Assert.Equal(text, HistoryDocument.Read(text).Write());
        });
    }

    private static Task<DurableTestHost> StartAsync() => DurableTestHost.StartAsync(
        RecordedOrchestrators.Register,
        services: services => services.Configure<EmbeddedDurableOptions>(options => options.MaximumTimerInterval = TimeSpan.FromMilliseconds(100)));

    private static InstanceHistories Histories(DurableTestHost host) => host.Services.GetRequiredService<InstanceHistories>();

    private static async Task RecordAsync(DurableTestHost host, string name, string file)
    {
        var options = new StartOrchestrationOptions(name)
        {
            Version = name == "Activities" ? "1.2" : null,
            Tags = new Dictionary<string, string> { ["recorded"] = "yes" },
        };
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync(name, "+", options);
        await RecordedOrchestrators.All[name](host, instanceId);
        await File.WriteAllTextAsync(file, SourcePath().Replace(Histories(host).Export(instanceId) ?? string.Empty, string.Empty));
    }

    // Where the sources lay on the machine that recorded a stack trace is of no use to others.
    [GeneratedRegex(@" in [^ ]+:line \d+")]
    private static partial Regex SourcePath();

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
