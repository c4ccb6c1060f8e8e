using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Orchestration.DiskImages;
using Orchestration.DiskImages.Sources;
using Orchestration.Inspection;
using Orchestration.Inspection.Mapping;
using Orchestration.Profiles;
using Orchestration.TestSupport;

// Inspects an image in a local blob emulator with every fact and every profile there is, and prints what it cost beside virt-inspector.
// Usage: dotnet run -c Release -- [IMAGE] [runs]. Without an image, the Debian root that the tests make, or the sample.
var path = args.Length > 0 ? args[0] : DebianRoot.DescribeMissing() is null ? DebianRoot.Disk : Path.Combine(RepositoryRoot.Path, "samples", "debian-12.qcow2");
var runs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;

await using var azurite = await Azurite.StartAsync();
var container = azurite.Client.GetBlobContainerClient("images");
await container.CreateIfNotExistsAsync();
var blob = container.GetBlobClient(Path.GetFileName(path));
await blob.UploadAsync(path, overwrite: true);

Console.WriteLine($"{path}, {new FileInfo(path).Length / 1048576.0:f1} MiB");
Console.WriteLine("run                  seconds  processor       bytes  requests  waves  checks  report KiB");
for (var run = 0; run < runs; run++)
{
    // Cold: this program has not run a line of it yet, and nothing of the image is known. Warm: compiled, and still nothing of the image is known.
    using var source = await BlobByteSource.OpenAsync(blob);
    Print(run == 0 ? "cold" : "warm", source, Inspect(source));
    if (run == runs - 1)
    {
        Print("warm, image cached", source, Inspect(source));
    }
}

if (Tool.DescribeMissing(["virt-inspector"]) is { } missing)
{
    Console.WriteLine($"virt-inspector: {missing}");
}
else
{
    var clock = Stopwatch.StartNew();
    var failure = "";
    try
    {
        Tool.Run("virt-inspector", "-a", path);
    }
    catch (InvalidOperationException exception)
    {
        failure = exception.Message.Trim();
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"virt-inspector",-18} {clock.Elapsed.TotalSeconds,9:f2}  {failure}"));
}

static (double Seconds, double Processor, int Checks, int Bytes) Inspect(BlobByteSource source)
{
    // On a machine that does other work too, only the processor's time says what the program itself takes.
    var before = Environment.CpuUsage.TotalTime;
    var clock = Stopwatch.StartNew();
    using var image = DiskImage.Open(source);
    var guest = Guest.Open(image, GuestMapper.Map(image));
    guest.Prefetch();
    var options = new ProfileOptions { Today = DateOnly.FromDateTime(DateTime.UtcNow) };
    var reports = ProfileCatalog.Profiles.Select(profile => ProfileRunner.Run(profile, guest, options)).ToList();
    var inspection = new
    {
        guest.OperatingSystem, guest.Boot, guest.Packages, guest.Services, guest.Scheduling, guest.Users, guest.Network, guest.Ssh, guest.Firewall, guest.AccessControl, guest.Storage,
        Reports = reports,
    };
    var written = JsonSerializer.SerializeToUtf8Bytes(inspection).Length;
    return (clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds, reports.Sum(report => report.Results.Count), written);
}

static void Print(string name, BlobByteSource source, (double Seconds, double Processor, int Checks, int Bytes) result) => Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{name,-18} {result.Seconds,9:f2} {result.Processor,10:f2} {source.Statistics.BytesRead,11} {source.Statistics.Requests,9} {source.Statistics.Waves,6} {result.Checks,7} {result.Bytes / 1024,11}"));
