using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.Functions.Api;

namespace Orchestration.Functions.Triggers.Http;

/// <summary>
/// Serves every HTTP function a second time below <c>/api/v1</c>. A function of the Functions model has one route, so that this one takes
/// them all and calls the function whose route fits the rest of the path.
/// </summary>
public sealed class VersionedApi(IServiceProvider services)
{
    [Function("VersionedApi")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "post", "put", "patch", "delete", Route = "api/v1/{*path}")] HttpRequest request,
        string? path,
        [DurableClient] DurableTaskClient client,
        FunctionContext context,
        CancellationToken cancellationToken)
    {
        var fitting = HttpFunction.Fitting(path ?? "");
        if (fitting.Count == 0)
        {
            return Problems.UnknownPath(request.Path);
        }

        if (HttpFunction.Find(request) is not ({ } function, { } values))
        {
            return Problems.WrongMethod(request.Method, fitting.SelectMany(candidate => candidate.Function.Methods));
        }

        var arguments = function.Method.GetParameters().Select(parameter => Bind(parameter, values, request, client, context, cancellationToken)).ToArray();
        var owner = function.Method.IsStatic ? null : ActivatorUtilities.GetServiceOrCreateInstance(services, function.Method.DeclaringType ?? typeof(object));
        return function.Method.Invoke(owner, BindingFlags.DoNotWrapExceptions, null, arguments, null) switch
        {
            Task<IResult> answer => await answer,
            IResult answer => answer,
            var other => throw new InvalidOperationException($"The function {function.Name} answers with {other?.GetType().Name ?? "nothing"}."),
        };
    }

    private static object? Bind(
        ParameterInfo parameter,
        FrozenDictionary<string, string> values,
        HttpRequest request,
        DurableTaskClient client,
        FunctionContext context,
        CancellationToken cancellationToken) => parameter.ParameterType switch
        {
            var type when type == typeof(HttpRequest) => request,
            var type when type == typeof(DurableTaskClient) => client,
            var type when type == typeof(FunctionContext) => context,
            var type when type == typeof(CancellationToken) => cancellationToken,
            _ when values.TryGetValue(parameter.Name ?? "", out var value) => value,
            var type => throw new InvalidOperationException($"Nothing is known to give for the parameter {parameter.Name} of type {type}."),
        };
}
