namespace Microsoft.Azure.Functions.Worker.Middleware;

/// <summary>A step around every invocation. One instance serves all of them.</summary>
public interface IFunctionsWorkerMiddleware
{
    /// <summary>
    /// Runs code before and after <paramref name="next"/>. Around an orchestrator it runs on every replay, must stay on the
    /// orchestrator's thread (no <c>ConfigureAwait(false)</c>) and must await nothing but <paramref name="next"/>.
    /// </summary>
    Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
}
