using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Configures and builds a Functions app. Not safe for concurrent use.</summary>
public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly WebApplicationBuilder _application;
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _middleware = [];

    private readonly ReplayCommand? _replay;

    internal FunctionsApplicationBuilder(string[] args)
    {
        _application = EmbeddedHost.CreateApplicationBuilder(args);
        _replay = ReplayCommand.From(args);
    }

    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)_application).Properties;

    /// <summary>
    /// Settings, strongest first: whatever the app adds, the command line, the environment, <c>Values</c> of local.settings.json, and
    /// host.json under the section <c>AzureFunctionsJobHost</c>.
    /// </summary>
    public ConfigurationManager Configuration => _application.Configuration;

    public IHostEnvironment Environment => _application.Environment;

    public ILoggingBuilder Logging => _application.Logging;

    public IMetricsBuilder Metrics => _application.Metrics;

    public IServiceCollection Services => _application.Services;

    IConfigurationManager IHostApplicationBuilder.Configuration => _application.Configuration;

    /// <summary>Finds the functions and builds the host. Can be called once.</summary>
    /// <exception cref="FunctionWorkerException">A function or a setting is wrong; the message names it.</exception>
    public IHost Build()
    {
        IHost host = EmbeddedHost.Build(_application, _middleware);
        return _replay is null ? host : new ReplayCommand.Host(host, _replay);
    }

    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull
        => ((IHostApplicationBuilder)_application).ConfigureContainer(factory, configure);

    /// <inheritdoc/>
    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        _middleware.Add(middleware);
        return this;
    }
}

/// <summary>The ASP.NET Core integration.</summary>
public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    /// <summary>Lets HTTP functions use ASP.NET Core types. The embedded runtime always does: here the call changes nothing.</summary>
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder) => builder;
}
