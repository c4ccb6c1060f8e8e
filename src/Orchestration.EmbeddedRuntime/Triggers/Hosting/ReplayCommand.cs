using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestration.EmbeddedRuntime.Store;

namespace Orchestration.EmbeddedRuntime.Triggers.Hosting;

/// <summary>
/// The host's command <c>replay</c>: instead of serving, runs stored histories against the app's orchestrators of today. Its arguments
/// are files with exported histories, or ids of instances in the store of a host that does not run.
/// </summary>
internal sealed class ReplayCommand
{
    private const string Usage = "usage: replay (FILE | --instance ID)...";

    private readonly IReadOnlyList<(string Value, bool IsInstance)> _histories;

    private ReplayCommand(IReadOnlyList<(string Value, bool IsInstance)> histories) => _histories = histories;

    /// <summary>Reads the command line; null where it is not this command.</summary>
    public static ReplayCommand? From(string[] args)
    {
        if (args is not ["replay", .. string[] rest])
        {
            return null;
        }

        var histories = new List<(string, bool)>();
        for (int i = 0; i < rest.Length; i++)
        {
            bool isInstance = rest[i] == "--instance" && i + 1 < rest.Length;
            histories.Add((isInstance ? rest[++i] : rest[i], isInstance));
        }

        return new ReplayCommand(histories);
    }

    /// <summary>Runs the histories.</summary>
    /// <returns>The exit code: 0 when all are repeated, 1 when one is not, 2 when one cannot be read.</returns>
    public async Task<int> RunAsync(InstanceHistories histories, TextWriter output, CancellationToken cancellationToken)
    {
        if (_histories.Count == 0)
        {
            await output.WriteLineAsync(Usage);
            return 2;
        }

        int exitCode = 0;
        foreach (var (value, isInstance) in _histories)
        {
            exitCode = Math.Max(exitCode, await ReplayAsync(value, isInstance, histories, output, cancellationToken));
        }

        return exitCode;
    }

    private static async Task<int> ReplayAsync(
        string value, bool isInstance, InstanceHistories histories, TextWriter output, CancellationToken cancellationToken)
    {
        try
        {
            string? document = isInstance ? histories.Export(value) : await File.ReadAllTextAsync(value, cancellationToken);
            if (document is null)
            {
                await output.WriteLineAsync($"{value}: there is no such instance");
                return 2;
            }

            ReplayReport report = histories.Replay(document);
            await output.WriteLineAsync(report.Divergence is { } divergence
                ? $"{value}: '{report.Name}' differs at event {divergence.EventIndex} of {report.Events}\n"
                    + $"  history: {divergence.Recorded}\n  code:    {divergence.Replayed}\n  {divergence.Message}"
                : $"{value}: '{report.Name}' repeats its {report.Events} events");
            return report.Divergence is null ? 0 : 1;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or StoreException)
        {
            await output.WriteLineAsync($"{value}: {exception.Message}");
            return 2;
        }
    }

    /// <summary>A host that runs the command in place of everything else.</summary>
    internal sealed class Host(IHost application, ReplayCommand command) : IHost, IAsyncDisposable
    {
        public IServiceProvider Services => application.Services;

        public async Task StartAsync(CancellationToken cancellationToken = default)
        {
            Environment.ExitCode = await command.RunAsync(Services.GetRequiredService<InstanceHistories>(), Console.Out, cancellationToken);
            Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        }

        public Task StopAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public void Dispose() => application.Dispose();

        public async ValueTask DisposeAsync()
        {
            if (application is IAsyncDisposable disposable)
            {
                await disposable.DisposeAsync();
            }
        }
    }
}
