using System.Collections.Frozen;
using Orchestration.Functions.Triggers.Http;
using Orchestration.Functions.Triggers.Http.Jobs;
using Orchestration.Protocol.Results;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.Workers;

namespace Orchestration.Functions.Api;

/// <summary>What the interface's description says of a function beyond its attributes.</summary>
/// <param name="Summary">What it does, in a sentence.</param>
/// <param name="Status">HTTP status of success.</param>
/// <param name="Answer">What it answers with; null for what has no type of its own.</param>
/// <param name="MediaTypes">How it answers.</param>
public sealed record ApiDescription(string Summary, int Status, Type? Answer, params IReadOnlyList<string> MediaTypes)
{
    /// <summary>What the body of a request is; null for none.</summary>
    public ApiBody? Body { get; init; }

    /// <summary>Parameters of the query with what they mean.</summary>
    public IReadOnlyDictionary<string, string> Query { get; init; } = FrozenDictionary<string, string>.Empty;
}

/// <param name="Schema">Name of the schema.</param>
/// <param name="MediaTypes">How it may be written.</param>
public sealed record ApiBody(string Schema, params IReadOnlyList<string> MediaTypes);

/// <summary>The descriptions, by function name. A function without one is described by its name and route.</summary>
public static class ApiDescriptions
{
    private const string Json = "application/json";
    private const string Yaml = "application/yaml";

    private static readonly Dictionary<string, string> ListQuery = new(StringComparer.Ordinal)
    {
        ["state"] = "State of the jobs wanted.",
        ["operation"] = "Operation of the jobs wanted.",
        ["namespace"] = "Namespace of the jobs wanted.",
        ["label"] = "NAME:VALUE; several times for several labels.",
        ["from"] = "Submitted at this time or later.",
        ["to"] = "Submitted before this time.",
        ["text"] = "Words in the job's id or name.",
        ["limit"] = "Most jobs of a page, 1 to 1000.",
        ["cursor"] = "The next of the page before.",
    };

    private static readonly Dictionary<string, string> SubmitQuery = new(StringComparer.Ordinal)
    {
        ["strict"] = "true for members that this version does not know to be refused, rather than kept without effect.",
    };

    private static readonly ApiBody JobBody = new("JobDocument", Json, Yaml);

    public static FrozenDictionary<string, ApiDescription> All { get; } = new Dictionary<string, ApiDescription>(StringComparer.Ordinal)
    {
        ["SubmitJob"] = new("Submits a job; 200 with the result where an equal job has completed.", 202, typeof(AcceptedJob), Json) { Body = JobBody, Query = SubmitQuery },
        ["SubmitBatch"] = new("Submits many jobs, as an array or as JSON lines, and tells what came of each.", 200, typeof(BatchReport), Json)
        {
            Body = new ApiBody("JobBatch", Json, "application/x-ndjson"),
            Query = SubmitQuery,
        },
        ["ValidateDocument"] = new("Tells what is wrong with a document; nothing is stored or run.", 200, typeof(ValidDocument), Json) { Body = JobBody, Query = SubmitQuery },
        ["GetJob"] = new("Where a job stands, and its document.", 200, typeof(JobView), Json),
        ["DeleteJob"] = new("Asks a job to end as cancelled.", 202, typeof(JobView), Json),
        ["CancelJob"] = new("Asks a job to end as cancelled, and says by whom and why.", 202, typeof(JobView), Json),
        ["PauseJob"] = new("Lets a job wait after its stage.", 202, typeof(JobView), Json),
        ["ResumeJob"] = new("Lets a paused job go on.", 202, typeof(JobView), Json),
        ["GetJobEvents"] = new("What happened to a job, as JSON or as server-sent events.", 200, null, Json, "text/event-stream")
        {
            Query = new Dictionary<string, string> { ["since"] = "Sequence number of the first event wanted." },
        },
        ["GetJobResult"] = new("What came of a job; 409 while it is at work.", 200, typeof(JobResult), Json)
        {
            Query = new Dictionary<string, string> { ["shape"] = "hyper2kvm for the result in the shape of that family." },
        },
        ["GetJobArtifact"] = new("A file that the result names.", 200, null, "application/octet-stream"),
        ["ListJobs"] = new("Jobs, newest first.", 200, typeof(JobList), Json) { Query = ListQuery },
        ["GetQueue"] = new("The jobs at work, and those that wait for their turn.", 200, typeof(JobQueue), Json),
        ["ListDeadLetters"] = new("Jobs whose attempts are used up.", 200, typeof(JobList), Json) { Query = ListQuery },
        ["RequeueDeadLetter"] = new("Gives a job whose attempts are used up as many more as it had.", 202, typeof(JobView), Json),
        ["ListSchedules"] = new("All schedules.", 200, typeof(ScheduleList), Json),
        ["GetSchedule"] = new("A schedule, its next runs and its last one.", 200, typeof(ScheduleView), Json),
        ["PutSchedule"] = new("Writes a schedule; 201 where it is new.", 200, typeof(ScheduleView), Json) { Body = new ApiBody("Schedule", Json, Yaml), Query = SubmitQuery },
        ["DeleteSchedule"] = new("Removes a schedule; the jobs that it submitted go on.", 204, null, Json),
        ["RunSchedule"] = new("Submits a schedule's jobs now, and tells what came of each.", 200, typeof(ScheduleRun), Json),
        ["PurgeJobs"] = new("Removes ended jobs, a page at a time; one member of the query at least must narrow them down.", 200, typeof(PurgeReport), Json)
        {
            Query = new Dictionary<string, string>(ListQuery.Where(query => query.Key != "limit"))
            {
                ["ended_before"] = "Ended before this time.",
                ["results"] = "true to remove results and artifacts too.",
                ["dry_run"] = "true only to see what would be removed.",
            },
        },
        ["GetCapabilities"] = new("What the worker that answers is and can do.", 200, typeof(WorkerDocument), Json),
        ["ListWorkers"] = new("All workers that share the storage account.", 200, null, Json),
        ["GetJobSchema"] = new("The JSON Schema of job documents.", 200, null, "application/schema+json"),
        ["GetOpenApi"] = new("This description.", 200, null, Json),
        ["GetMetrics"] = new("What the process that answers has done, in the text format of Prometheus.", 200, null, "text/plain"),
        ["GetRoot"] = new("The page that shows jobs to people with a browser.", 200, null, "text/html"),
        ["GetPage"] = new("The same, whatever the host has at its root.", 200, null, "text/html"),
        ["HealthLive"] = new("Whether the process answers.", 200, null, Json),
        ["HealthReady"] = new("Whether the service can reach its storage and its durable store.", 200, null, Json),
        ["Health"] = new("Whether the service can reach its storage.", 200, null, Json),
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
