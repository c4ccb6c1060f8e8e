using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestration.Functions.Access;
using Orchestration.Functions.Activities;
using Orchestration.Functions.Control;
using Orchestration.Functions.Events;
using Orchestration.Functions.Images;
using Orchestration.Functions.Index;
using Orchestration.Functions.Intake;
using Orchestration.Functions.Observability;
using Orchestration.Functions.Operations;
using Orchestration.Functions.Operations.Compare;
using Orchestration.Functions.Operations.Echo;
using Orchestration.Functions.Operations.Guests;
using Orchestration.Functions.Operations.Inspect;
using Orchestration.Functions.Operations.Profile;
using Orchestration.Functions.Retention;
using Orchestration.Functions.Schedules;
using Orchestration.Functions.Storage;
using Orchestration.Functions.Storage.Blobs;
using Orchestration.Functions.Storage.Claims;
using Orchestration.Functions.Triggers.Http;
using Orchestration.Functions.Turns;
using Orchestration.Functions.Webhooks;
using Orchestration.Functions.Workers;

namespace Orchestration.Functions;

/// <summary>What the functions are made of. To add an operation, write its class and register it here.</summary>
public static class ServiceRegistration
{
    public static void AddOrchestration(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);

        services.AddSingleton<StorageAccounts>();
        services.AddSingleton<ClaimStore>();
        services.AddSingleton<CheckpointStore>();
        services.AddSingleton<ResultStore>();
        services.AddSingleton<ArtifactStore>();
        services.AddSingleton<StepMeter>();
        services.AddSingleton<JobMeters>();
        services.AddSingleton<CancellationStore>();
        services.AddSingleton<RequeueClaims>();

        services.AddOptions<ImageOptions>().BindConfiguration(ImageOptions.Section);
        services.AddSingleton<ImageLocator>();
        services.AddSingleton<SharedSources>();
        services.AddSingleton<ImageOpener>();
        services.AddSingleton<PolicyStore>();
        services.AddSingleton<AdvisoryStore>();
        services.AddSingleton<ReportArtifacts>();
        services.AddSingleton<GuestSteps>();

        services.AddSingleton<IOperation, EchoOperation>();
        services.AddSingleton<IOperation, InspectOperation>();
        services.AddSingleton<IOperation>(provider => ActivatorUtilities.CreateInstance<InspectOperation>(provider, InspectOperation.Hyper2KvmName));
        services.AddSingleton<IOperation, ProfileOperation>();
        services.AddSingleton<SnapshotTaker>();
        services.AddSingleton<IOperation, CompareOperation>();
        services.AddSingleton<OperationRegistry>();

        services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.Section);
        services.AddSingleton<CallerDirectory>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<IStartupFilter, UncodedAnswers>();
        services.AddSingleton<IStartupFilter, DurableApiGuard>();

        services.AddOptions<IntakeOptions>().BindConfiguration(IntakeOptions.Section);
        services.AddSingleton<IdempotencyKeys>();
        services.AddSingleton<JobOutcomes>();
        services.AddSingleton<DocumentChecker>();
        services.AddSingleton<JobStarter>();
        services.AddSingleton<JobSubmitter>();
        services.AddSingleton<BatchSubmitter>();

        services.AddOptions<ScheduleOptions>().BindConfiguration(ScheduleOptions.Section).ValidateDataAnnotations();
        services.AddSingleton<ScheduleStore>();
        services.AddSingleton<ScheduleReader>();
        services.AddSingleton<ScheduledImages>();
        services.AddSingleton<ScheduleSubmitter>();
        services.AddSingleton<ScheduleRunner>();
        services.AddSingleton<ScheduleViews>();

        services.AddOptions<RetentionOptions>().BindConfiguration(RetentionOptions.Section).ValidateDataAnnotations();
        services.AddSingleton<JobPurger>();
        services.AddSingleton<RetentionRunner>();
        services.AddSingleton<AuditRetention>();

        services.AddOptions<WebhookOptions>().BindConfiguration(WebhookOptions.Section).ValidateDataAnnotations();
        services.AddSingleton<WebhookRules>();
        services.AddSingleton<WebhookRecords>();
        services.AddSingleton<WebhookClient>();

        services.AddOptions<WorkerOptions>().BindConfiguration(WorkerOptions.Section);
        services.AddSingleton<ThisWorker>();
        services.AddSingleton<WorkerRegistry>();
        services.AddSingleton<Placement>();
        services.AddHostedService<WorkerHeartbeat>();

        services.AddSingleton<DocumentArchive>();
        services.AddSingleton<JobViews>();
        services.AddSingleton<CancellationWatcher>();
        services.AddSingleton<JobController>();
        services.AddOptions<TurnOptions>().BindConfiguration(TurnOptions.Section).ValidateDataAnnotations();
        services.AddSingleton<StepSlots>();
        services.AddSingleton<EventLog>();
        services.AddSingleton<BatchedAppender>();
        services.AddSingleton<JobIndex>();
        services.AddSingleton<JobLister>();
        services.AddSingleton<JobEvents>();
    }
}
