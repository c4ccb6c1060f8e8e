using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Orchestration.DiskImages.FileSystems;
using Orchestration.Functions.Images;
using Orchestration.Functions.Operations;
using Orchestration.Protocol.Workers;

namespace Orchestration.Functions.Workers;

/// <summary>The worker that this process is: what it has is looked up when it begins, what changes each time it is asked.</summary>
public sealed class ThisWorker
{
    /// <summary>Read by the reader itself, whatever the machine has.</summary>
    private static readonly string[] ReadableFormats = ["raw", "img", "qcow2", "vdi", "vhd", "vhdx", "vmdk"];
    private static readonly string[] ReadableVolumes = ["mbr", "gpt", "lvm", "md"];

    private readonly TimeProvider _time;
    private readonly WorkerDocument _document;

    public ThisWorker(
        OperationRegistry operations, IOptions<WorkerOptions> options, IOptions<ImageOptions> images, IConfiguration configuration, TimeProvider time)
    {
        _time = time;
        var tools = MachineProbe.FindTools();
        var limit = configuration.GetValue<int?>("AzureFunctionsJobHost:extensions:durableTask:maxConcurrentActivityFunctions");
        _document = new WorkerDocument
        {
            WorkerId = options.Value.Id ?? configuration["GUESTKIT_WORKER_ID"] ?? configuration["WEBSITE_INSTANCE_ID"] ?? Environment.MachineName,
            Version = VersionOf(typeof(ThisWorker).Assembly),
            Hostname = Environment.MachineName,
            RegisteredAt = time.GetUtcNow(),
            Capabilities = new WorkerCapabilities(
                [.. operations.Names],
                [.. ReadableVolumes, .. FileSystemDetector.ReadableTypes, .. MachineProbe.FindFeatures(tools)],
                ReadableFormats,
                tools),
            Resources = new WorkerResources(limit, options.Value.MaximumDiskSizeGb, MachineProbe.FreeDiskGb(), Environment.ProcessorCount, MachineProbe.MemoryGb()),
            Configuration = new WorkerConfiguration(
                Environment.IsPrivilegedProcess,
                options.Value.Pool ?? configuration["GUESTKIT_WORKER_POOL"] ?? "default",
                images.Value.AllowedContainers.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
                MachineProbe.ExecutionMode()),
            System = new WorkerSystem(
                RuntimeInformation.OSDescription,
                MachineProbe.KernelVersion(),
                RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
                RuntimeInformation.FrameworkDescription),
            Status = new WorkerStatus("ready", time.GetUtcNow()),
        };
    }

    public string Id => _document.WorkerId;

    /// <summary>Largest virtual disk that it works on, in GiB; null for no limit.</summary>
    public long? MaximumDiskSizeGb => _document.Resources.MaxDiskSizeGb;

    /// <summary>The document as of now.</summary>
    public WorkerDocument Describe() => _document with
    {
        Resources = _document.Resources with { AvailableDiskGb = MachineProbe.FreeDiskGb() },
        Status = new WorkerStatus("ready", _time.GetUtcNow()),
    };

    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion is { } version ? version.Split('+')[0] : "0.0.0";
}
