namespace Orchestration.Functions.Storage;

/// <summary>The blob containers of the app.</summary>
public static class Containers
{
    /// <summary>Disk images to work on.</summary>
    public const string Images = "images";

    /// <summary>Disk images that get a default job when they are dropped.</summary>
    public const string ImagesInbox = "images-inbox";

    /// <summary>Job documents dropped for submission.</summary>
    public const string Jobs = "jobs";

    /// <summary>Job documents that were accepted.</summary>
    public const string JobsDone = "jobs-done";

    /// <summary>Job documents that were refused, each with a reason beside it.</summary>
    public const string JobsFailed = "jobs-failed";

    /// <summary><c>{job_id}/result.json</c> and its artifacts.</summary>
    public const string Results = "results";

    /// <summary><c>{job_id}/{attempt}/{step}.json</c>.</summary>
    public const string Checkpoints = "checkpoints";

    /// <summary>Files that decide how images are judged, such as waivers.</summary>
    public const string Policies = "policies";

    /// <summary>Imported advisories about vulnerable packages.</summary>
    public const string Advisories = "advisories";

    /// <summary>Claims of job ids, with the documents that claimed them.</summary>
    public const string State = "state";
}
