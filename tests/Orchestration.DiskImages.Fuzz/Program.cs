using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Orchestration.DiskImages.Fuzz;

// Damages images of every kind for as long as it is told to, and keeps what breaks the reader.
if (args.Contains("--help"))
{
    Console.WriteLine("usage: [--seconds N (default 60)] [--first N (default 0)] [--seed NAME,NAME…] [--crashes FOLDER (default crashes)]");
    return 0;
}

var seconds = int.Parse(Option("--seconds") ?? "60", CultureInfo.InvariantCulture);
var first = int.Parse(Option("--first") ?? "0", CultureInfo.InvariantCulture);
var crashes = Option("--crashes") ?? "crashes";
var seeds = SeedImages.Create().Where(seed => Option("--seed") is not { } wanted || wanted.Split(',').Contains(seed.Name)).ToList();
Console.WriteLine($"{seeds.Count} seeds: {string.Join(' ', seeds.Select(seed => seed.Name))}");

var clock = Stopwatch.StartNew();
var fuzzers = seeds.Select(seed => (Seed: seed, Fuzzer: new Fuzzer(seed))).ToList();
var cases = 0L;
var failures = new HashSet<string>(StringComparer.Ordinal);
for (var number = first; clock.Elapsed.TotalSeconds < seconds; number++)
{
    foreach (var (seed, fuzzer) in fuzzers)
    {
        cases++;
        if (fuzzer.Try(number) is { } failure && failures.Add($"{seed.Name} {Where(failure.Problem)}"))
        {
            Save(failure);
        }

        if (clock.Elapsed.TotalSeconds >= seconds)
        {
            break;
        }
    }
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cases} cases in {clock.Elapsed.TotalSeconds:f0} s ({clock.Elapsed.TotalHours:f2} h), {failures.Count} distinct failures"));
return failures.Count == 0 ? 0 : 1;

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var index && index + 1 < args.Length ? args[index + 1] : null;

// The same mistake shows in many images: it is told by the exception and the first line of the stack.
static string Where(string problem)
{
    var lines = problem.Split('\n').Where((line, index) => index == 0 || line.Contains("   at Orchestration", StringComparison.Ordinal)).Take(2);
    return string.Join(' ', lines);
}

void Save(Failure failure)
{
    Directory.CreateDirectory(crashes);
    var path = Path.Combine(crashes, string.Create(CultureInfo.InvariantCulture, $"{failure.Seed}-{failure.Number}"));
    using (var file = File.Create($"{path}.br"))
    using (var compressed = new BrotliStream(file, CompressionLevel.Fastest))
    {
        compressed.Write(failure.Bytes);
    }

    Console.WriteLine($"{path}: {failure.Problem}");
}
