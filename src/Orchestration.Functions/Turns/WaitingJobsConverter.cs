using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestration.Functions.Turns;

/// <summary>
/// Writes the jobs that wait as one string, <c>priority,ticks,id;</c> for each: every asking and leaving stores all of them, and thousands of
/// objects take several times as long as a text does. Reads a list of objects as well, which earlier versions wrote.
/// </summary>
public sealed class WaitingJobsConverter : JsonConverter<List<WaitingJob>>
{
    public override List<WaitingJob> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            return JsonSerializer.Deserialize<List<WaitingJob>>(ref reader, options) ?? [];
        }

        var text = reader.GetString() ?? "";
        var jobs = new List<WaitingJob>();
        foreach (var range in text.AsSpan().Split(';'))
        {
            var entry = text.AsSpan(range);
            if (entry.Length > 0)
            {
                var priorityEnds = entry.IndexOf(',');
                var timeEnds = priorityEnds + 1 + entry[(priorityEnds + 1)..].IndexOf(',');
                jobs.Add(new WaitingJob(
                    entry[(timeEnds + 1)..].ToString(),
                    int.Parse(entry[..priorityEnds], CultureInfo.InvariantCulture),
                    new DateTimeOffset(long.Parse(entry[(priorityEnds + 1)..timeEnds], CultureInfo.InvariantCulture), TimeSpan.Zero)));
            }
        }

        return jobs;
    }

    public override void Write(Utf8JsonWriter writer, List<WaitingJob> value, JsonSerializerOptions options)
    {
        var text = new StringBuilder();
        foreach (var job in value)
        {
            text.Append(CultureInfo.InvariantCulture, $"{job.Priority},{job.Since.UtcTicks},{job.JobId};");
        }

        writer.WriteStringValue(text.ToString());
    }
}
