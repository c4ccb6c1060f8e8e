using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Context.Features;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Triggers.Durable;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Outputs;

namespace Orchestration.EmbeddedRuntime.Triggers.Invocations;

/// <summary>Runs functions inside the app's middleware. Safe for concurrent use.</summary>
internal sealed partial class FunctionInvoker
{
    private readonly IServiceScopeFactory _scopes;
    private readonly FunctionExecutionDelegate _pipeline;
    private readonly ILoggerFactory _loggers;

    /// <param name="middleware">Outermost first.</param>
    /// <param name="scopes">Makes the scope of an invocation.</param>
    /// <param name="loggers">Starts, ends and failures go to the category <c>Function.{name}</c>, as on Azure.</param>
    public FunctionInvoker(
        IEnumerable<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware,
        IServiceScopeFactory scopes,
        ILoggerFactory loggers)
    {
        _scopes = scopes;
        _loggers = loggers;
        _pipeline = middleware.Reverse().Aggregate((FunctionExecutionDelegate)ExecuteAsync, (next, step) => step(next));
    }

    /// <summary>
    /// Calls the function and returns its result as middleware left it. Adds no thread hop: what the function awaits is all that
    /// is awaited, on the caller's synchronization context.
    /// </summary>
    public async Task<object?> InvokeAsync(FunctionDescriptor function, Invocation invocation, CancellationToken cancellationToken)
    {
        var context = new EmbeddedFunctionContext(function, invocation, _scopes, cancellationToken);
        invocation.Prepare?.Invoke(context);
        if (function.Trigger is OrchestrationTrigger)
        {
            // Disposed without awaiting: an orchestrator may await nothing that is not durable.
            using (context)
            {
                return await RunAsync(context);
            }
        }

        await using (context)
        {
            // The durable engine reports its activities and entities itself.
            return await (function.Trigger is ActivityTrigger or EntityTrigger ? RunAsync(context) : RunLoggedAsync(context));
        }
    }

    private async Task<object?> RunAsync(EmbeddedFunctionContext context)
    {
        await _pipeline(context);
        if (context.Outputs.Count > 0)
        {
            await FunctionOutputs.WriteAsync(context);
        }

        return context.GetInvocationResult().Value;
    }

    private async Task<object?> RunLoggedAsync(EmbeddedFunctionContext context)
    {
        var logger = _loggers.CreateLogger($"Function.{context.Function.Name}");
        var started = Stopwatch.GetTimestamp();
        LogExecuting(logger, context.Function.Name, context.InvocationId);
        try
        {
            var result = await RunAsync(context);
            var duration = Stopwatch.GetElapsedTime(started);
            LogSucceeded(logger, context.Function.Name, context.InvocationId, duration);
            return result;
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            LogCancelled(logger, context.Function.Name, context.InvocationId);
            throw;
        }
        catch (Exception exception) when (exception is FunctionInputConverterException or BadHttpRequestException)
        {
            // The caller's mistake: nothing for an operator to look into.
            LogRefused(logger, context.Function.Name, context.InvocationId, exception.Message);
            throw;
        }
        catch (Exception exception)
        {
            var duration = Stopwatch.GetElapsedTime(started);
            LogFailed(logger, exception, context.Function.Name, context.InvocationId, duration);
            throw;
        }
    }

    private static async Task ExecuteAsync(FunctionContext context)
    {
        var invocation = context.Features.Get<IFunctionInputBindingFeature>() as EmbeddedFunctionContext
            ?? throw new InvalidOperationException("Middleware has replaced the input binding feature by one of its own.");
        var input = await invocation.BindFunctionInputAsync(context);
        var function = invocation.Function;
        if (function.Method.DeclaringType is not { } type || function.Method.IsStatic)
        {
            context.GetInvocationResult().Value = function.Outputs.Split(await function.CallAsync(null, input.Values), invocation);
            return;
        }

        var activator = context.InstanceServices.GetRequiredService<IFunctionActivator>();
        var instance = activator.CreateInstance(type, context);
        try
        {
            context.GetInvocationResult().Value = function.Outputs.Split(await function.CallAsync(instance, input.Values), invocation);
        }
        finally
        {
            switch (instance)
            {
                case IAsyncDisposable asyncDisposable:
                    await asyncDisposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "Executing {Function} ({InvocationId})")]
    private static partial void LogExecuting(ILogger logger, string function, string invocationId);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Information, Message = "Executed {Function} ({InvocationId}) in {Duration}")]
    private static partial void LogSucceeded(ILogger logger, string function, string invocationId, TimeSpan duration);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Error, Message = "{Function} ({InvocationId}) failed after {Duration}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string function, string invocationId, TimeSpan duration);

    [LoggerMessage(EventId = 1005, Level = LogLevel.Warning, Message = "{Function} ({InvocationId}) was not given what it needs: {Reason}")]
    private static partial void LogRefused(ILogger logger, string function, string invocationId, string reason);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Information, Message = "{Function} ({InvocationId}) was cancelled")]
    private static partial void LogCancelled(ILogger logger, string function, string invocationId);
}
