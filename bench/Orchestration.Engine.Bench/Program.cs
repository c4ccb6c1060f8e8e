using System.Globalization;
using Orchestration.Engine.Bench;

const string Usage = """
    Measures the durable engine: every commit synced to disk, and beside it the same without syncing on a file system in memory.

    Usage: engine-bench FOLDER [SCALE] [SCENARIO…]
      FOLDER    on the disk to be measured
      SCALE     1 by default; 0.1 does a tenth of the work
      SCENARIO  cities, warm, fanout, sequence, signals, start, trip, generations, idle, million; all by default
    """;

if (args is not [var folder, .. var rest] || folder.StartsWith('-'))
{
    await Console.Error.WriteLineAsync(Usage);
    return 2;
}

bool hasScale = rest.Length > 0 && double.TryParse(rest[0], NumberStyles.Float, CultureInfo.InvariantCulture, out _);
double scale = hasScale ? double.Parse(rest[0], CultureInfo.InvariantCulture) : 1;
string[] wanted = hasScale ? rest[1..] : rest;
Place[] places =
[
    new Place("durable (synchronous=FULL)", Directory.CreateDirectory(folder).FullName, IsSynced: true),
    new Place("in memory, unsynced", Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), IsSynced: false),
];

Report.Machine();
foreach (Scenario scenario in Scenarios.All.Where(scenario => wanted.Length == 0 || wanted.Contains(scenario.Key)))
{
    Console.WriteLine($"{scenario.Title}");
    foreach (Place place in places)
    {
        Console.WriteLine($"  {place.Name,-28} {await scenario.Run(place, scale)}");
    }
}

return 0;
