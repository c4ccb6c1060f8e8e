using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestration.Functions.Schedules;
using Orchestration.Protocol.Documents;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Triggers.Http;

/// <summary>Schedules over HTTP.</summary>
public sealed class ScheduleFunctions(ScheduleStore store, ScheduleReader reader, ScheduleViews views, ScheduleRunner runner)
{
    /// <summary><c>GET /schedules</c>: all of them, without the jobs of their last runs.</summary>
    [Function("ListSchedules")]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "schedules")] HttpRequest request,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () => Answers.Json(await views.ListAsync(cancellationToken)));

    /// <summary><c>GET /schedules/{name}</c>: its document, its next runs, its last one with the jobs, and what went wrong.</summary>
    [Function("GetSchedule")]
    public Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "schedules/{name}")] HttpRequest request,
        string name,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
            Schedule.IsName(name) && await views.FindAsync(name, cancellationToken) is { } view ? Answers.Json(view) : Problems.UnknownSchedule(name));

    /// <summary><c>PUT /schedules/{name}</c>, JSON or YAML: 201 for a new one, 200 for one in the place of another, 400 with every violation; with
    /// <c>strict=true</c> in the query, members that this version does not know are violations too.</summary>
    [Function("PutSchedule")]
    public Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "schedules/{name}")] HttpRequest request,
        string name,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
        {
            var reading = reader.Read(name, await DocumentBody.ReadAsync(request, cancellationToken), DocumentFormats.OfMediaType(request.ContentType));
            if (reading is not { Schedule: { } schedule, Document: { } document })
            {
                return Problems.RefusedSchedule(reading.Violations);
            }

            if (DocumentBody.IsStrict(request) && reading.UnknownMembers.Count > 0)
            {
                return Problems.RefusedSchedule([.. reading.UnknownMembers.Select(Violation.OfUnknown)]);
            }

            var isNew = await store.ReadAsync(schedule.Name, cancellationToken) is null;
            await store.WriteAsync(schedule.Name, document, cancellationToken);
            return Answers.Json(await views.FindAsync(schedule.Name, cancellationToken), isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
        });

    /// <summary><c>DELETE /schedules/{name}</c>: 204; the jobs that it submitted go on.</summary>
    [Function("DeleteSchedule")]
    public Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "schedules/{name}")] HttpRequest request,
        string name,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
            Schedule.IsName(name) && await store.RemoveAsync(name, cancellationToken) ? Results.NoContent() : Problems.UnknownSchedule(name));

    /// <summary>
    /// <c>POST /schedules/{name}/run</c>: submits its jobs now and tells what came of each; 409 while a run is under way. A request that breaks off
    /// leaves a run that the timer takes up.
    /// </summary>
    [Function("RunSchedule")]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "schedules/{name}/run")] HttpRequest request,
        string name,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => Problems.UnlessStorageIsOutAsync(async () =>
        {
            if (!Schedule.IsName(name) || await store.ReadAsync(name, cancellationToken) is not { } stored)
            {
                return Problems.UnknownSchedule(name);
            }

            var reading = reader.Read(name, stored.Content, DocumentFormat.Yaml);
            return reading.Schedule is not { } schedule
                ? Problems.RefusedSchedule(reading.Violations)
                : await runner.RunNowAsync(client, schedule, stored, cancellationToken) is { } run ? Answers.Json(run) : Problems.ScheduleIsRunning(name);
        });
}
