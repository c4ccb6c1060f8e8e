using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
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
        var builder = WebApplication.CreateBuilder(args);
        HostConfiguration.AddHostJson(builder.Configuration, AppContext.BaseDirectory);

        builder.Logging.ClearProviders();
        builder.Logging.AddConfiguration(builder.Configuration.GetSection($"{HostConfiguration.HostSection}:logging"));
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.ColorBehavior = Console.IsOutputRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
        });

        builder.Services.AddMvcCore();
        builder.Services.AddOptions<WorkerOptions>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<IFunctionActivator, FunctionActivator>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        return builder;
    }

    public static WebApplication Build(
        WebApplicationBuilder builder, IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware)
    {
        var options = EmbeddedHostOptions.From(builder.Configuration);
        var keys = new AccessKeys(builder.Configuration, options.Address);
        var types = FunctionSourceExtensions.FunctionTypes(((IHostApplicationBuilder)builder).Properties);
        var index = FunctionIndex.Create(types, builder.Configuration, options);

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxRequestBodySize;
            kestrel.Listen(options.Address, options.Port);
        });

        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(keys);
        services.AddSingleton(index);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<FunctionInvoker>(provider, middleware));
        services.AddSingleton<HostAddress>();
        services.AddDurableFunctions(options);
        services.AddSingleton<ManagementAddress>();
        services.AddSingleton<BlobConnections>();
        services.AddSingleton<TimerStateStore>();
        services.AddHostedService<FunctionListing>();
        services.AddHostedService<BlobListener>();
        services.AddHostedService<TimerListener>();

        var application = builder.Build();
        Map(application, index, keys);
        return application;
    }

    private static void Map(WebApplication application, FunctionIndex index, AccessKeys keys)
    {
        if (keys.IsOpen)
        {
            application.UseLoopbackGuard();
        }

        var services = application.Services;
        services.GetRequiredService<ManagementAddress>().Attach(services.GetRequiredService<DurableTaskClient>());
        new HttpEndpoints(services.GetRequiredService<FunctionInvoker>(), keys).Map(application, index);
        DurableApiEndpoints.Map(
            application,
            ActivatorUtilities.CreateInstance<InstanceQueries>(services),
            ActivatorUtilities.CreateInstance<InstanceCommands>(services),
            ActivatorUtilities.CreateInstance<EntityRoutes>(services),
            keys);
    }
}
