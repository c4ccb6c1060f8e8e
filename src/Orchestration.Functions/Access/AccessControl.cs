using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Orchestration.Functions.Api;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Functions.Triggers.Http;
using Orchestration.Functions.Triggers.Http.Jobs;
using Orchestration.Protocol.Service;
using Orchestration.Protocol.Validation;

namespace Orchestration.Functions.Access;

/// <summary>
/// Stands before every HTTP function: asks who sends a request, whether they may do that, and whether the job is theirs to see, and has all
/// that is done or refused written into the audit log before it is answered. Off where no keys are configured.
/// </summary>
public sealed class AccessControl(CallerDirectory callers, ClaimStore claims, AuditLog audit, TimeProvider time) : IFunctionsWorkerMiddleware
{
    /// <summary>Functions that keep to the caller's namespace, or tell nothing of jobs; a key of one namespace opens no others.</summary>
    private static readonly HashSet<string> NamespaceAware = new(StringComparer.Ordinal)
    {
        "SubmitJob", "SubmitBatch", "ValidateDocument", "ListJobs", "ListDeadLetters", "GetQueue", "GetCapabilities", "GetJobSchema", "GetOpenApi",
    };

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);

        // Orchestrators come by here too, and must await nothing of ours.
        return callers.AsksForKeys && context.GetHttpContext() is { } http ? ControlAsync(context, http, next) : next(context);
    }

    private async Task ControlAsync(FunctionContext context, HttpContext http, FunctionExecutionDelegate next)
    {
        var caller = callers.Find(http.Request);
        var result = context.GetInvocationResult();
        if (HttpFunction.Find(http.Request) is not { } found)
        {
            // Where nothing is served, or something came past the table of routes: no one is let in whom nobody knows.
            await (caller is null ? Refuse() : next(context));
            return;
        }

        if (!found.Function.NeedsKey)
        {
            await next(context);
            return;
        }

        var jobId = found.Values.GetValueOrDefault("id");
        try
        {
            if (await RefuseAsync(caller, found.Function, jobId, http) is { } refusal)
            {
                result.Value = refusal;
            }
            else
            {
                http.Features.Set(caller);
                await next(context);
            }
        }
        catch (Exception exception) when (StorageAccounts.IsOutage(exception))
        {
            result.Value = Problems.StorageIsOut();
        }

        await AuditAsync(caller, found.Function, jobId, http, result.Value);

        Task Refuse()
        {
            result.Value = Problems.Unauthorized();
            return Task.CompletedTask;
        }
    }

    /// <summary>Why a request is not let in; null where it is.</summary>
    private async Task<IResult?> RefuseAsync(Caller? caller, HttpFunction function, string? jobId, HttpContext http)
    {
        if (caller is null)
        {
            return Problems.Unauthorized();
        }

        // Asking whether a document is in order changes nothing.
        if (caller.Role < AccessRole.Submit && !HttpMethods.IsGet(http.Request.Method) && function.Name != "ValidateDocument")
        {
            return Problems.Forbidden("The key may read only.");
        }

        if (caller.Namespace is null || NamespaceAware.Contains(function.Name))
        {
            return null;
        }

        if (jobId is null)
        {
            return Problems.Forbidden($"The key opens the namespace '{caller.Namespace}' only, and this concerns all.");
        }

        // What is not theirs is not there.
        return JobDocumentReader.IsJobId(jobId) && await claims.IsOpenToAsync(caller.Namespace, jobId, http.RequestAborted) ? null : Problems.UnknownJob(jobId);
    }

    private async Task AuditAsync(Caller? caller, HttpFunction function, string? jobId, HttpContext http, object? result)
    {
        var status = (result as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
        var isRefused = caller is null || status == StatusCodes.Status403Forbidden;
        if (!isRefused && HttpMethods.IsGet(http.Request.Method))
        {
            return;
        }

        jobId ??= (result as IValueHttpResult)?.Value switch
        {
            AcceptedJob accepted => accepted.JobId,
            ServiceProblem problem => problem.JobId,
            _ => null,
        };
        await audit.WriteAsync(AuditEntry.Of(http, time.GetUtcNow(), caller, function.Name, jobId, status), isRefused);
    }
}
