using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Orchestration.EmbeddedRuntime.Triggers.Hosting;

/// <summary>The embedded Functions host on a generic <see cref="IHostBuilder"/>, the older shape of a Functions app's Program.</summary>
internal static class HostBuilderFunctions
{
    private static readonly object Key = new();

    /// <summary>Adds the host once, and the app's configuration of the worker each time.</summary>
    public static IHostBuilder AddFunctionsHost(
        this IHostBuilder builder,
        Action<HostBuilderContext, IFunctionsWorkerApplicationBuilder>? configure,
        Action<WorkerOptions>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!builder.Properties.TryGetValue(Key, out var added))
        {
            builder.Properties[Key] = added = new List<Action<HostBuilderContext, IFunctionsWorkerApplicationBuilder>>();
            AddHost(builder, (List<Action<HostBuilderContext, IFunctionsWorkerApplicationBuilder>>)added);
        }

        if (configure is not null)
        {
            ((List<Action<HostBuilderContext, IFunctionsWorkerApplicationBuilder>>)added).Add(configure);
        }

        return configureOptions is null ? builder : builder.ConfigureServices(services => services.Configure(configureOptions));
    }

    private static void AddHost(IHostBuilder builder, List<Action<HostBuilderContext, IFunctionsWorkerApplicationBuilder>> configurations)
    {
        StartupFailure.ReportInOneLine();
        HostConfiguration.ApplyLocalSettings(AppContext.BaseDirectory);
        builder.ConfigureAppConfiguration(configuration =>
        {
            HostConfiguration.AddHostJson(configuration, AppContext.BaseDirectory);
            configuration.AddEnvironmentVariables();
            configuration.AddCommandLine([.. Environment.GetCommandLineArgs().Skip(1)]);
        });
        builder.ConfigureLogging((context, logging) => EmbeddedHost.AddLogging(logging, context.Configuration));
        builder.ConfigureServices((context, services) =>
        {
            EmbeddedHost.AddDefaults(services);
            var worker = new WorkerBuilder(services);
            configurations.ForEach(configure => configure(context, worker));
            EmbeddedHost.AddFunctions(services, context.Configuration, builder.Properties, worker.Middleware);
        });
        builder.ConfigureWebHost(web => web.UseKestrel().Configure(application =>
        {
            application.UseRouting();
            application.UseEndpoints(endpoints => EmbeddedHost.Map(application, endpoints));
        }));
    }

    private sealed class WorkerBuilder(IServiceCollection services) : IFunctionsWorkerApplicationBuilder
    {
        public List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> Middleware { get; } = [];

        public IServiceCollection Services => services;

        public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
        {
            Middleware.Add(middleware);
            return this;
        }
    }
}
