using System.Diagnostics;
using System.Globalization;

namespace Orchestration.EmbeddedRuntime.Tests.Fixtures;

/// <summary>A real process that runs the crash workload on a store, to be killed.</summary>
internal sealed class CrashWorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private CrashWorkerProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts a worker; with no instances to start it ends by itself once everything has ended.</summary>
    public static CrashWorkerProcess Start(TemporaryFolder folder, string batch, int count)
    {
        string worker = Path.Combine(AppContext.BaseDirectory, "Orchestration.EmbeddedRuntime.CrashWorker.dll");
        var start = new ProcessStartInfo("dotnet", [worker, folder.Path, batch, count.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new CrashWorkerProcess(Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start."));
    }

    /// <summary>Waits until the worker has opened the store.</summary>
    public async Task RunningAsync(CancellationToken cancellation)
    {
        if (await _process.StandardOutput.ReadLineAsync(cancellation) != "running")
        {
            throw new InvalidOperationException($"The worker did not start: {await _errors}");
        }
    }

    /// <summary>Waits for the worker's end and gives its exit code and what it wrote to standard error.</summary>
    public async Task<(int ExitCode, string Errors)> EndAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        return (_process.ExitCode, await _errors);
    }

    /// <summary>SIGKILL: the process gets no chance to do anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
