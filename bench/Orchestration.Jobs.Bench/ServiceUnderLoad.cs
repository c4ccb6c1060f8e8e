using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Orchestration.TestSupport;

namespace Orchestration.Jobs.Bench;

/// <summary>The service in a process of its own, with its log watched for the steps that it runs.</summary>
internal sealed partial class ServiceUnderLoad : IAsyncDisposable
{
    private readonly Azurite _azurite;
    private readonly DirectoryInfo _data;
    private readonly int _port = LoopbackPort.FindFree();
    private Process _process;
    private double _endedProcessorSeconds;

    private ServiceUnderLoad(Azurite azurite, string folder)
    {
        _azurite = azurite;
        _data = Directory.CreateDirectory(Path.Combine(folder, $"jobs-bench-{Environment.ProcessId}"));
        _process = StartProcess();
    }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/"));

    /// <summary>How often it was killed.</summary>
    public int Kills { get; private set; }

    /// <summary>How often each job's step was run.</summary>
    public ConcurrentDictionary<string, int> StepRuns { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Warnings { get; } = [];

    /// <summary>The most memory that the service has used, in MiB.</summary>
    public double PeakMemory
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
            return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
    }

    /// <summary>Seconds of processor time that the service has used, in all its processes.</summary>
    public double ProcessorSeconds
    {
        get
        {
            _process.Refresh();
            return _endedProcessorSeconds + _process.TotalProcessorTime.TotalSeconds;
        }
    }

    public static async Task<ServiceUnderLoad> StartAsync(Azurite azurite, string folder)
    {
        var service = new ServiceUnderLoad(azurite, folder);
        await service.WaitUntilHealthyAsync();
        return service;
    }

    /// <summary>Ends the process as a crash would (SIGKILL), and starts it again over what it has stored.</summary>
    public async Task KillAsync()
    {
        _endedProcessorSeconds = ProcessorSeconds;
        await EndAsync();
        Kills++;
        _process = StartProcess();
        await WaitUntilHealthyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _data.Delete(recursive: true);
    }

    private Process StartProcess()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var program = Path.Combine(RepositoryRoot.Path, "artifacts", "bin", "Orchestration.Functions", configuration, "Orchestration.Functions.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--port", _port.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _data.FullName,
        };
        start.Environment["AzureWebJobsStorage"] = _azurite.ConnectionString;
        start.Environment["EmbeddedRuntime__DataDirectory"] = _data.FullName;
        var process = Process.Start(start) ?? throw new InvalidOperationException("The service did not start.");
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task EndAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task WaitUntilHealthyAsync()
    {
        using var http = new HttpClient();
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            try
            {
                using var response = await http.GetAsync(new Uri(Address, "health"), timeout.Token);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), timeout.Token);
        }
    }

    private void Note(string? line)
    {
        if (line is null)
        {
            return;
        }

        if (StepRan().Match(line) is { Success: true } match)
        {
            StepRuns.AddOrUpdate(match.Groups["job"].Value, 1, (_, runs) => runs + 1);
        }
        else if (line.StartsWith("warn", StringComparison.Ordinal) || line.StartsWith("fail", StringComparison.Ordinal))
        {
            Warnings.Enqueue(line);
        }
    }

    [GeneratedRegex(@"Job (?<job>\S+): step \S+ took")]
    private static partial Regex StepRan();
}
