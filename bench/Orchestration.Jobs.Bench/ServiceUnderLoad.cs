using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Orchestration.TestSupport;

namespace Orchestration.Jobs.Bench;

/// <summary>The service in a process of its own, with its log watched for the steps that it runs.</summary>
internal sealed partial class ServiceUnderLoad : IAsyncDisposable
{
    private readonly DirectoryInfo _data;
    private readonly Process _process;

    private ServiceUnderLoad(DirectoryInfo data, Process process, Uri address)
    {
        (_data, _process, Address) = (data, process, address);
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Address { get; }

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

    /// <summary>Seconds of processor time that the service has used.</summary>
    public double ProcessorSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    public static async Task<ServiceUnderLoad> StartAsync(Azurite azurite, string folder)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var program = Path.Combine(RepositoryRoot.Path, "artifacts", "bin", "Orchestration.Functions", configuration, "Orchestration.Functions.dll");
        var data = Directory.CreateDirectory(Path.Combine(folder, $"jobs-bench-{Environment.ProcessId}"));
        var port = LoopbackPort.FindFree();
        var start = new ProcessStartInfo("dotnet", [program, "--port", port.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = data.FullName,
        };
        start.Environment["AzureWebJobsStorage"] = azurite.ConnectionString;
        start.Environment["EmbeddedRuntime__DataDirectory"] = data.FullName;
        var process = Process.Start(start) ?? throw new InvalidOperationException("The service did not start.");
        var service = new ServiceUnderLoad(data, process, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")));
        await service.WaitUntilHealthyAsync();
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _data.Delete(recursive: true);
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
