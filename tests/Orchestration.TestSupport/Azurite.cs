using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Azure.Storage.Blobs;

namespace Orchestration.TestSupport;

/// <summary>
/// A blob service emulator of its own process and port, empty at first and forgetting everything when stopped, unless it was given a folder.
/// It ends with the process that started it.
/// </summary>
public sealed class Azurite : IAsyncDisposable
{
    // Published by Microsoft for every emulator: it opens nothing else.
    private const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<Azurite>> SharedInstance = new(() => StartAsync());
    private readonly DirectoryInfo? _folder;
    private Process? _process;

    private Azurite(int port, DirectoryInfo? folder) => (Port, _folder) = (port, folder);

    /// <summary>One emulator for all tests of the process; use containers of your own in it.</summary>
    public static Task<Azurite> Shared => SharedInstance.Value;

    /// <summary>On 127.0.0.1.</summary>
    public int Port { get; }

    public string ConnectionString => string.Create(
        CultureInfo.InvariantCulture,
        $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={AccountKey};BlobEndpoint=http://127.0.0.1:{Port}/devstoreaccount1;");

    /// <summary>A client whose failures come quickly.</summary>
    public BlobServiceClient Client => new(ConnectionString, new BlobClientOptions { Retry = { MaxRetries = 1 } });

    /// <summary>Starts an emulator on a free port.</summary>
    /// <param name="folder">Where it keeps what it is given, synced to disk; null for memory, which is quicker.</param>
    public static async Task<Azurite> StartAsync(DirectoryInfo? folder = null)
    {
        var azurite = new Azurite(LoopbackPort.FindFree(), folder);
        await azurite.ResumeAsync();
        return azurite;
    }

    /// <summary>Starts the emulator again on the port it had, with what its folder holds.</summary>
    public async Task ResumeAsync()
    {
        var directory = await NodePackages.EnsureAsync("azurite", Path.Combine(".bin", "azurite"));
        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardError = true, WorkingDirectory = directory };
        string[] arguments =
        [
            "--max-semi-space-size=64", "--require", "./exit-with-parent.cjs", "--require", "./answer-faster.cjs", "node_modules/azurite/dist/src/blob/main.js",
            "--blobPort", Port.ToString(CultureInfo.InvariantCulture),
            "--skipApiVersionCheck", "--disableTelemetry", "--silent",
            .. _folder is null ? (string[])["--inMemoryPersistence"] : ["--location", _folder.FullName],
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        await WaitUntilListeningAsync(_process);
    }

    /// <summary>Seconds of processor time that it has used.</summary>
    public double ProcessorSeconds
    {
        get
        {
            _process?.Refresh();
            return _process?.TotalProcessorTime.TotalSeconds ?? 0;
        }
    }

    /// <summary>Stops the emulator, as an outage would. What it held in memory is lost.</summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task WaitUntilListeningAsync(Process process)
    {
        using var timeout = new CancellationTokenSource(StartTimeout);
        while (true)
        {
            if (process.HasExited)
            {
                var error = await process.StandardError.ReadToEndAsync(timeout.Token);
                throw new InvalidOperationException($"Azurite ended with code {process.ExitCode}: {error}");
            }

            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port, timeout.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), timeout.Token);
            }
        }
    }
}
