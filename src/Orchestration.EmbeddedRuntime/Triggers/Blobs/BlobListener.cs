using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestration.EmbeddedRuntime.Triggers.Functions;
using Orchestration.EmbeddedRuntime.Triggers.Hosting;
using Orchestration.EmbeddedRuntime.Triggers.Invocations;

namespace Orchestration.EmbeddedRuntime.Triggers.Blobs;

/// <summary>Watches the containers of the app's blob functions while the host runs.</summary>
internal sealed class BlobListener(
    FunctionIndex index,
    FunctionInvoker invoker,
    BlobConnections connections,
    EmbeddedHostOptions options,
    IHostEnvironment environment,
    TimeProvider time,
    ILoggerFactory loggers) : BackgroundService
{
    private readonly SemaphoreSlim _slots = new(options.BlobParallelism);
    private BlobContainerWatcher[] _watchers = [];

    /// <summary>Fails where a connection is not set: the host then does not start.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _watchers = [.. index.Of<BlobTrigger>().Select(blob => Watcher(blob.Function, blob.Trigger))];
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _slots.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
        => Task.WhenAll(_watchers.Select(watcher => watcher.RunAsync(stoppingToken)));

    private BlobContainerWatcher Watcher(FunctionDescriptor function, BlobTrigger trigger)
    {
        var container = connections.Get(trigger.Connection).GetBlobContainerClient(trigger.Pattern.Container);
        var receipts = new BlobReceipts(
            connections.Get(BlobConnections.Default), environment.ApplicationName, function.Name, container, time);
        return new(
            function.Name,
            trigger.Pattern,
            container,
            receipts,
            new(function, trigger, invoker),
            _slots,
            options,
            time,
            loggers.CreateLogger<BlobContainerWatcher>());
    }
}
