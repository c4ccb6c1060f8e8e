using System.Text;

namespace Orchestration.EmbeddedRuntime.CrashWorker;

/// <summary>A file of lines that survives the death of the process: each line is handed to the system before the call returns.</summary>
internal sealed class AppendedLog(string path) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    public IReadOnlyList<string> Lines { get; } = File.Exists(path) ? File.ReadAllLines(path) : [];

    public void Write(string line)
    {
        lock (_lock)
        {
            _file.Write(Encoding.UTF8.GetBytes(line + '\n'));
        }
    }

    public void Dispose() => _file.Dispose();
}
