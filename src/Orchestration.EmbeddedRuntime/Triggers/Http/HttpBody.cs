using System.Reflection;
using System.Text.Json;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Azure.Functions.Worker;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;

namespace Orchestration.EmbeddedRuntime.Triggers.Http;

/// <summary>Binds parameters to a request's body: text, bytes, or JSON of any type.</summary>
internal static class HttpBody
{
    public static ParameterBinder? Bind(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (type == typeof(string))
        {
            return async context => Encoding.UTF8.GetString(await ReadAsync(context));
        }

        if (type == typeof(byte[]))
        {
            return async context => await ReadAsync(context);
        }

        if (type.IsInterface || type.IsAbstract)
        {
            return null;
        }

        return async context =>
        {
            try
            {
                var body = Request(context).Body;
                return await HttpRequestDataExtensions.Serializer(context).DeserializeAsync(body, type, context.CancellationToken);
            }
            catch (JsonException exception)
            {
                throw new FunctionInputConverterException(
                    $"The body must be the JSON of a {type.Name}; it is not at {exception.Path ?? "$"}.", exception);
            }
        };
    }

    private static HttpRequest Request(EmbeddedFunctionContext context) => ((HttpContext)context.TriggerEvent).Request;

    private static async Task<byte[]> ReadAsync(EmbeddedFunctionContext context)
    {
        // The server limits the size of bodies.
        using var buffer = new MemoryStream();
        await Request(context).Body.CopyToAsync(buffer, context.CancellationToken);
        return buffer.ToArray();
    }
}
