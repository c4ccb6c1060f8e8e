using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.Azure.Functions.Worker;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Orchestration.EmbeddedRuntime.Triggers.Http;

/// <summary>A function behind a route. Its event is the <see cref="HttpContext"/>.</summary>
internal sealed class HttpTrigger : Trigger
{
    public HttpTrigger(HttpTriggerAttribute attribute, string name, string location, SettingExpander settings, EmbeddedHostOptions options)
    {
        var route = settings.Expand(attribute.Route ?? name, location).Trim('/');
        try
        {
            Route = RoutePatternFactory.Parse(string.Join('/', new[] { options.RoutePrefix, route }.Where(part => part.Length > 0)));
        }
        catch (RoutePatternException exception)
        {
            throw new FunctionHostException("http.invalid-route", location, $"'{route}' is no route template.", exception);
        }

        Methods = [.. (attribute.Methods ?? []).Select(method => method.ToUpperInvariant())];
        AuthorizationLevel = attribute.AuthLevel;
    }

    public override string BindingType => "httpTrigger";

    public RoutePattern Route { get; }

    /// <summary>In upper case; empty for every method.</summary>
    public IReadOnlyList<string> Methods { get; }

    public AuthorizationLevel AuthorizationLevel { get; }

    public override string Describe(Uri baseAddress)
        => $"[{(Methods.Count == 0 ? "ANY" : string.Join(',', Methods))}] {new Uri(baseAddress, "/")}{Route.RawText}";

    public override ParameterBinder? BindTrigger(ParameterInfo parameter)
        => BindRequest(parameter.ParameterType) ?? HttpBody.Bind(parameter);

    public override ParameterBinder? Bind(ParameterInfo parameter)
    {
        if (parameter.GetCustomAttribute<FromBodyAttribute>() is not null)
        {
            return HttpBody.Bind(parameter);
        }

        var type = parameter.ParameterType;
        if (Route.Parameters.FirstOrDefault(value => string.Equals(value.Name, parameter.Name, StringComparison.OrdinalIgnoreCase)) is
            { } routeParameter && TextValue.CanBe(type))
        {
            return TextValue.BindingData(routeParameter.Name, type);
        }

        return BindRequest(type);
    }

    private static ParameterBinder? BindRequest(Type type)
    {
        if (type == typeof(HttpRequest))
        {
            return FromEvent<HttpContext>(http => http.Request);
        }

        if (type == typeof(HttpContext))
        {
            return FromEvent<HttpContext>(http => http);
        }

        return type == typeof(HttpRequestData)
            ? async context => await context.GetHttpRequestDataAsync()
            : null;
    }
}
