using System.Text.Json;
using Orchestration.Protocol;
using Orchestration.Protocol.Service;

namespace Orchestration.Cli.Commands.Jobs;

/// <summary>Prints jobs page by page.</summary>
internal static class JobPages
{
    private const int MostInAPage = 1000;

    /// <param name="list">Gives a page of at most so many jobs, from a cursor on.</param>
    /// <param name="limit">The most jobs to show.</param>
    /// <param name="json">Whether to print JSON lines.</param>
    public static async Task PrintAsync(Func<int, string?, Task<JobList>> list, int limit, bool json)
    {
        for (string? cursor = null; limit > 0;)
        {
            var page = await list(Math.Min(limit, MostInAPage), cursor);
            foreach (var job in page.Jobs)
            {
                Console.WriteLine(json
                    ? JsonSerializer.Serialize(job, ProtocolJson.Options)
                    : $"{job.SubmittedAt:yyyy-MM-dd HH:mm:ss}  {job.Status,-9}  {job.Operation,-20}  {job.JobId}  {job.Name}".TrimEnd());
            }

            limit -= page.Jobs.Count;
            if ((cursor = page.Next) is null)
            {
                break;
            }
        }
    }
}
