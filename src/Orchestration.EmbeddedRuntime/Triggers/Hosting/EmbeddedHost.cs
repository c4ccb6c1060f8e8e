using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Triggers.Blobs;
using Orchestration.EmbeddedRuntime.Triggers.Durable;
using Orchestration.EmbeddedRuntime.Triggers.DurableApi;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Http;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;
using Orchestration.EmbeddedRuntime.Triggers.Telemetry;
using Orchestration.EmbeddedRuntime.Triggers.Timers;

namespace Orchestration.EmbeddedRuntime.Triggers.Hosting;

/// <summary>Puts the embedded Functions host together on an ASP.NET Core application.</summary>
internal static class EmbeddedHost
{
    /// <summary>Running requests, blob functions and activities have this long to end when the host stops; streams too.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);

    public static WebApplicationBuilder CreateApplicationBuilder(string[] args)
    {
        StartupFailure.ReportInOneLine();
        HostConfiguration.ApplyLocalSettings(AppContext.BaseDirectory);

        // Otherwise every write below the current folder is looked at, which may hold the store itself.
        var builder = WebApplication.CreateBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
        HostConfiguration.AddHostJson(builder.Configuration, AppContext.BaseDirectory);

        AddLogging(builder.Logging, builder.Configuration);
        AddDefaults(builder.Services);
        return builder;
    }

    public static WebApplication Build(
        WebApplicationBuilder builder, IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware)
    {
        AddFunctions(builder.Services, builder.Configuration, ((IHostApplicationBuilder)builder).Properties, middleware);
        var application = builder.Build();
        Map(application, application);
        return application;
    }

    /// <summary>Logs to the console, as host.json says: for people, or, with the setting <c>EmbeddedRuntime:LogFormat</c> json, for programs.</summary>
    public static void AddLogging(ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.ClearProviders();
        logging.AddConfiguration(configuration.GetSection($"{HostConfiguration.HostSection}:logging"));
        if (string.Equals(configuration["EmbeddedRuntime:LogFormat"], "json", StringComparison.OrdinalIgnoreCase))
        {
            logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
            logging.AddJsonConsole(console =>
            {
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
            return;
        }

        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.ColorBehavior = Console.IsOutputRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
        });
    }

    /// <summary>Adds what the app may replace or configure.</summary>
    public static void AddDefaults(IServiceCollection services)
    {
        services.AddMvcCore();
        services.AddOptions<WorkerOptions>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IFunctionActivator, FunctionActivator>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
    }

    /// <summary>Finds the functions and adds what runs them, once the configuration is complete.</summary>
    /// <exception cref="FunctionHostException">A function or a setting is wrong.</exception>
    public static void AddFunctions(
        IServiceCollection services,
        IConfiguration configuration,
        IDictionary<object, object> properties,
        IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware)
    {
        var options = EmbeddedHostOptions.From(configuration);
        var keys = new AccessKeys(configuration, options.Address);
        var index = FunctionIndex.Create(FunctionSourceExtensions.FunctionTypes(properties), configuration, options);

        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxRequestBodySize;
            kestrel.Listen(options.Address, options.Port);
        });
        services.AddSingleton(options);
        services.AddSingleton(keys);
        services.AddSingleton(index);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<FunctionInvoker>(provider, middleware));
        services.AddSingleton<HostAddress>();
        services.AddDurableFunctions(options);
        services.AddSingleton<ManagementAddress>();
        services.AddSingleton<BlobConnections>();
        services.AddSingleton<TimerStateStore>();
        services.AddHostedService<TelemetryExport>();
        services.AddHostedService<FunctionListing>();
        services.AddHostedService<BlobListener>();
        services.AddHostedService<TimerListener>();
    }

    /// <summary>Puts the functions and the durable HTTP API behind their routes.</summary>
    public static void Map(IApplicationBuilder application, IEndpointRouteBuilder endpoints)
    {
        var services = application.ApplicationServices;
        var keys = services.GetRequiredService<AccessKeys>();
        if (keys.IsOpen)
        {
            application.UseLoopbackGuard();
        }

        services.GetRequiredService<ManagementAddress>().Attach(services.GetRequiredService<DurableTaskClient>());
        new HttpEndpoints(services.GetRequiredService<FunctionInvoker>(), keys).Map(endpoints, services.GetRequiredService<FunctionIndex>());
        DurableApiEndpoints.Map(
            endpoints,
            ActivatorUtilities.CreateInstance<InstanceQueries>(services),
            ActivatorUtilities.CreateInstance<InstanceCommands>(services),
            ActivatorUtilities.CreateInstance<EntityRoutes>(services),
            keys);
    }
}
