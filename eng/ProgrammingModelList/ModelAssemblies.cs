using System.Reflection;
using System.Runtime.Loader;

namespace Orchestration.ProgrammingModelList;

/// <summary>The app's assembly and those beside it, loaded for looking at; nothing of them is run.</summary>
internal sealed class ModelAssemblies : IDisposable
{
    private static readonly string[] ModelPrefixes = ["Microsoft.Azure.Functions.Worker", "Microsoft.DurableTask", "Orchestration.EmbeddedRuntime"];

    private readonly AssemblyLoadContext _context = new(nameof(ModelAssemblies), isCollectible: true);
    private readonly string _folder;

    public ModelAssemblies(string appPath)
    {
        var path = Path.GetFullPath(appPath);
        _folder = Path.GetDirectoryName(path) ?? throw new ArgumentException($"Expected the path of an assembly, found '{appPath}'.", nameof(appPath));
        _context.Resolving += (context, name) =>
            Path.Combine(_folder, name.Name + ".dll") is var candidate && File.Exists(candidate) ? context.LoadFromAssemblyPath(candidate) : null;
        App = _context.LoadFromAssemblyPath(path);
    }

    public Assembly App { get; }

    /// <summary>The assemblies beside the app that supply the programming model.</summary>
    public IEnumerable<Assembly> Model => Directory.EnumerateFiles(_folder, "*.dll")
        .Where(path => IsModel(Path.GetFileNameWithoutExtension(path)))
        .Select(_context.LoadFromAssemblyPath);

    /// <summary>Whether a type belongs to the programming model, whoever supplies it.</summary>
    public static bool IsModel(Type type) => IsModel(type.Assembly.GetName().Name ?? "");

    public void Dispose() => _context.Unload();

    private static bool IsModel(string assemblyName) => ModelPrefixes.Any(prefix => assemblyName.StartsWith(prefix, StringComparison.Ordinal));
}
