using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.Support;

/// <summary>The service in a process of its own, with a durable store of its own, over an emulator of blob storage.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private readonly Azurite _azurite;
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("orchestration-service-");
    private readonly ConcurrentQueue<string> _output = new();
    private Process? _process;

    private readonly IReadOnlyDictionary<string, string> _settings;

    private ServiceProcess(Azurite azurite, IReadOnlyDictionary<string, string> settings)
    {
        _azurite = azurite;
        _settings = settings;
        Port = LoopbackPort.FindFree();
        Http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/")) };
    }

    public int Port { get; }

    public HttpClient Http { get; }

    /// <summary>Where the durable store lies.</summary>
    public string DataDirectory => _data.FullName;

    /// <summary>Everything that the service has written so far, over all its lives.</summary>
    public string Output => string.Join('\n', _output);

    /// <param name="azurite">Its storage.</param>
    /// <param name="settings">Settings of its own, with two underscores for a colon.</param>
    public static async Task<ServiceProcess> StartAsync(Azurite azurite, params IEnumerable<(string Name, string Value)> settings)
    {
        var service = new ServiceProcess(azurite, settings.ToDictionary(setting => setting.Name, setting => setting.Value));
        await service.StartAsync();
        return service;
    }

    /// <summary>Starts the service, again where it was killed: the durable store is the same.</summary>
    public async Task StartAsync()
    {
        var start = BuiltPrograms.Start(BuiltPrograms.Service, "--port", Port.ToString(CultureInfo.InvariantCulture));
        start.WorkingDirectory = _data.FullName;
        start.Environment["AzureWebJobsStorage"] = _azurite.ConnectionString;
        start.Environment["EmbeddedRuntime__DataDirectory"] = _data.FullName;
        foreach (var (name, value) in _settings)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("The service did not start.");
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
        await WaitUntilHealthyAsync(process);
    }

    /// <summary>Ends the service as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        Http.Dispose();
        _data.Delete(recursive: true);
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }

    private async Task WaitUntilHealthyAsync(Process process)
    {
        using var timeout = new CancellationTokenSource(StartTimeout);
        while (true)
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"The service ended with code {process.ExitCode}:\n{Output}");
            }

            try
            {
                using var response = await Http.GetAsync("health", timeout.Token);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), timeout.Token);
        }
    }
}
