using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Orchestration.EmbeddedRuntime.Tests.Triggers;

/// <summary>The real host in this process, on a free port, with the functions of one class and a data folder of its own.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly DirectoryInfo? _ownedDirectory;

    private TestHost(IHost host, TestLogs logs, DirectoryInfo? ownedDirectory)
    {
        _host = host;
        _ownedDirectory = ownedDirectory;
        Logs = logs;
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new(address) };
    }

    public HttpClient Client { get; }

    public TestLogs Logs { get; }

    public IServiceProvider Services => _host.Services;

    /// <summary>Starts a host.</summary>
    /// <param name="functions">Where the functions are.</param>
    /// <param name="settings">Settings that win over everything.</param>
    /// <param name="configure">The rest of the app's Program.</param>
    /// <param name="dataDirectory">A folder to go on with; a new one where it is null.</param>
    public static async Task<TestHost> StartAsync(
        Type functions,
        Dictionary<string, string?>? settings = null,
        Action<FunctionsApplicationBuilder>? configure = null,
        string? dataDirectory = null)
    {
        var owned = dataDirectory is null ? Directory.CreateTempSubdirectory("embedded-host-") : null;
        var logs = new TestLogs();
        var host = Build(functions, settings, configure, dataDirectory ?? owned!.FullName, logs);
        await host.StartAsync();
        return new(host, logs, owned);
    }

    /// <summary>Builds a host without starting it: for what goes wrong before.</summary>
    public static IHost Build(
        Type functions,
        Dictionary<string, string?>? settings = null,
        Action<FunctionsApplicationBuilder>? configure = null,
        string? dataDirectory = null,
        TestLogs? logs = null)
    {
        var builder = FunctionsApplication.CreateBuilder(["--port", 0.ToString(CultureInfo.InvariantCulture)]);
        builder.ConfigureFunctionsWebApplication();
        builder.UseFunctionsFrom(functions);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["EmbeddedRuntime:DataDirectory"] = dataDirectory ?? Path.Combine(Path.GetTempPath(), "embedded-host-unused"),
            ["EmbeddedRuntime:BlobPollInterval"] = "00:00:00.1",
            ["EmbeddedRuntime:BlobRetryDelay"] = "00:00:00.05",
        });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(logs ?? new TestLogs());
        builder.Services.AddSingleton<Received>();
        configure?.Invoke(builder);
        return builder.Build();
    }

    public Received Received => Services.GetRequiredService<Received>();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }

        _ownedDirectory?.Delete(recursive: true);
    }
}
