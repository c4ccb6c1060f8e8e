using System.Text.Json;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Intake;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;

namespace Orchestration.Functions.Schedules;

/// <summary>Submits the jobs of a run.</summary>
public sealed class ScheduleSubmitter(ScheduledImages images, BatchSubmitter submitter, TimeProvider time)
{
    // As many as keep the storage busy; a sign of life comes after each such group.
    private const int AtOnce = 16;

    /// <summary>Submits a job for every image. Those that were submitted before, by a run that was interrupted, count as accepted.</summary>
    /// <param name="client">Starts the jobs.</param>
    /// <param name="schedule">What to run.</param>
    /// <param name="run">For which occurrence.</param>
    /// <param name="renew">Called now and then: the run is alive.</param>
    /// <param name="cancellationToken">Interrupts the run.</param>
    public async Task<ScheduleOutcome> SubmitAsync(
        DurableTaskClient client, Schedule schedule, PendingRun run, Func<Task> renew, CancellationToken cancellationToken)
    {
        var fault = default(ScheduleFault);
        var found = new FoundImages([], LeftOut: false);
        try
        {
            found = await images.FindAsync(schedule.Document.Images, cancellationToken);
            if (found.LeftOut)
            {
                fault = Fault(ErrorCodes.ResourceLimit, $"There are more images than the schedule's limit, {found.Images.Count}; those beyond it were left out.");
            }
        }
        catch (JobException exception)
        {
            fault = Fault(exception.Code, exception.Message);
        }

        // By the schedule's own clock, which the templates' texts are about.
        var occurrence = schedule.Times.ToLocal(run.Occurrence);
        var jobs = new List<ScheduledJob>();
        foreach (var group in found.Images.Index().Chunk(AtOnce))
        {
            jobs.AddRange(await Task.WhenAll(group.Select(image => SubmitAsync(client, schedule, occurrence, image.Item, image.Index, cancellationToken))));
            await renew();
        }

        var refused = jobs.Where(job => job.Status == "refused").ToList();
        fault ??= refused.Count > 0 ? Fault(refused[0].Code ?? ErrorCodes.ExecutionError, $"{refused.Count} jobs were refused; the first: {refused[0].Message}") : null;
        var result = new ScheduleRun
        {
            Occurrence = run.Occurrence,
            Manual = run.Manual,
            StartedAt = run.StartedAt,
            EndedAt = time.GetUtcNow(),
            Accepted = jobs.Count(job => job.Status == "accepted"),
            Deduplicated = jobs.Count(job => job.Status == "deduplicated"),
            Refused = refused.Count,
            Label = $"{Schedule.RunLabel}:{schedule.RunId(run.Occurrence)}",
            Jobs = [.. refused.Concat(jobs.Except(refused)).Take(ScheduleRun.MostJobs)],
        };
        return new ScheduleOutcome(result, fault);
    }

    private async Task<ScheduledJob> SubmitAsync(
        DurableTaskClient client, Schedule schedule, DateTimeOffset occurrence, string? image, int index, CancellationToken cancellationToken)
    {
        var job = schedule.CreateJob(occurrence, image);
        var document = new IncomingDocument(
            JsonSerializer.SerializeToUtf8Bytes(job, ProtocolJson.Options), Source: $"schedules/{schedule.Name}@{Schedule.Stamp(occurrence)}");
        var answer = await submitter.SubmitAsync(client, index, document, cancellationToken);
        return new ScheduledJob(answer.JobId, answer.Status, image, answer.Code, answer.Message);
    }

    private ScheduleFault Fault(string code, string message) => new(time.GetUtcNow(), code, message);
}

/// <param name="Run">What was submitted.</param>
/// <param name="Fault">What went wrong; null where nothing did.</param>
public sealed record ScheduleOutcome(ScheduleRun Run, ScheduleFault? Fault);
