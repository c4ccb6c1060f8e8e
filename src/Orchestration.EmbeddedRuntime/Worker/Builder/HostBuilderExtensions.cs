using Microsoft.Azure.Functions.Worker;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;

namespace Microsoft.Extensions.Hosting;

/// <summary>Makes a generic host a Functions app.</summary>
public static class WorkerHostBuilderExtensions
{
    public static IHostBuilder ConfigureFunctionsWorkerDefaults(this IHostBuilder builder) => builder.AddFunctionsHost(null);

    public static IHostBuilder ConfigureFunctionsWorkerDefaults(
        this IHostBuilder builder, Action<IFunctionsWorkerApplicationBuilder> configure) =>
        builder.AddFunctionsHost((_, worker) => configure(worker));

    public static IHostBuilder ConfigureFunctionsWorkerDefaults(this IHostBuilder builder, Action<WorkerOptions> configureOptions) =>
        builder.AddFunctionsHost(null, configureOptions);

    public static IHostBuilder ConfigureFunctionsWorkerDefaults(
        this IHostBuilder builder, Action<IFunctionsWorkerApplicationBuilder> configure, Action<WorkerOptions>? configureOptions) =>
        builder.AddFunctionsHost((_, worker) => configure(worker), configureOptions);

    public static IHostBuilder ConfigureFunctionsWorkerDefaults(
        this IHostBuilder builder, Action<HostBuilderContext, IFunctionsWorkerApplicationBuilder> configure) =>
        builder.AddFunctionsHost(configure);

    public static IHostBuilder ConfigureFunctionsWorkerDefaults(
        this IHostBuilder builder,
        Action<HostBuilderContext, IFunctionsWorkerApplicationBuilder> configure,
        Action<WorkerOptions>? configureOptions) =>
        builder.AddFunctionsHost(configure, configureOptions);
}

/// <summary>Makes a generic host a Functions app whose HTTP functions use ASP.NET Core types. The embedded runtime always lets them.</summary>
public static class FunctionsHostBuilderExtensions
{
    public static IHostBuilder ConfigureFunctionsWebApplication(this IHostBuilder builder) => builder.AddFunctionsHost(null);

    public static IHostBuilder ConfigureFunctionsWebApplication(
        this IHostBuilder builder, Action<IFunctionsWorkerApplicationBuilder> configureWorker) =>
        builder.AddFunctionsHost((_, worker) => configureWorker(worker));

    public static IHostBuilder ConfigureFunctionsWebApplication(
        this IHostBuilder builder, Action<HostBuilderContext, IFunctionsWorkerApplicationBuilder> configureWorker) =>
        builder.AddFunctionsHost(configureWorker);
}
