using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.Engine.Tracing;

public sealed class TracingTests : IDisposable
{
    private static readonly ActivitySource TestSource = new(nameof(TracingTests));
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;
    private readonly Activity _root;

    public TracingTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Microsoft.DurableTask" or nameof(TracingTests),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
        _root = TestSource.StartActivity("root") ?? throw new InvalidOperationException("Nobody listens.");
    }

    public void Dispose()
    {
        _root.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public async Task Start_orchestration_call_and_activity_are_a_chain_below_the_starter()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Calls", context => context.CallActivityAsync<string>("Works"))
            .AddActivityFunc("Works", (TaskActivityContext _) =>
            {
                using Activity? inner = TestSource.StartActivity("inside");
                return "done";
            }));

        OrchestrationMetadata ended = await host.RunAsync("Calls");

        Activity creation = One("create_orchestration:Calls", ActivityKind.Producer);
        Activity orchestration = One("orchestration:Calls", ActivityKind.Server);
        Activity call = One("activity:Works", ActivityKind.Client);
        Activity work = One("activity:Works", ActivityKind.Server);
        Assert.Equal(_root.SpanId, creation.ParentSpanId);
        Assert.Equal(creation.SpanId, orchestration.ParentSpanId);
        Assert.Equal(orchestration.SpanId, call.ParentSpanId);
        Assert.Equal(call.SpanId, work.ParentSpanId);
        Assert.Equal(work.SpanId, One("inside", ActivityKind.Internal).ParentSpanId);
        Assert.Equal("orchestration", orchestration.GetTagItem("durabletask.type"));
        Assert.Equal("Calls", orchestration.GetTagItem("durabletask.task.name"));
        Assert.Equal(ended.InstanceId, orchestration.GetTagItem("durabletask.task.instance_id"));
        Assert.Equal("Completed", orchestration.GetTagItem("durabletask.task.status"));
        Assert.Equal(0, work.GetTagItem("durabletask.task.task_id"));
        Assert.Equal("activity", work.GetTagItem("durabletask.type"));
        Assert.True(orchestration.Duration >= call.Duration);
    }

    [Fact]
    public async Task Failures_are_errors_of_the_activity_its_call_and_the_orchestration()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Calls", context => context.CallActivityAsync<string>("Fails"))
            .AddActivityFunc("Fails", (TaskActivityContext _) => throw new InvalidOperationException("on purpose")));

        await host.RunAsync("Calls");

        Assert.Equal((ActivityStatusCode.Error, "on purpose"), Status(One("activity:Fails", ActivityKind.Server)));
        Assert.Equal((ActivityStatusCode.Error, "on purpose"), Status(One("activity:Fails", ActivityKind.Client)));
        Assert.Equal(ActivityStatusCode.Error, One("orchestration:Calls", ActivityKind.Server).Status);
    }

    [Fact]
    public async Task A_sub_orchestration_is_below_the_call_of_its_parent()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync<string>("Child"))
            .AddOrchestratorFunc("Child", context => Task.FromResult(context.InstanceId)));

        await host.RunAsync("Parent");

        Activity call = One("orchestration:Child", ActivityKind.Client);
        Assert.Equal(One("orchestration:Parent", ActivityKind.Server).SpanId, call.ParentSpanId);
        Assert.Equal(call.SpanId, One("orchestration:Child", ActivityKind.Server).ParentSpanId);
    }

    [Fact]
    public async Task Timers_and_events_have_spans()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Waits", async context =>
            {
                await context.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None);
                context.SendEvent("somebody", "sent", "payload");
                return await context.WaitForExternalEvent<int>("raised");
            }));
        string instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Waits");

        await host.Client.RaiseEventAsync(instanceId, "raised", 1);
        await host.EndOfAsync(instanceId);

        Activity timer = One("orchestration:Waits:timer", ActivityKind.Internal);
        Activity sent = One("orchestration_event:sent", ActivityKind.Producer);
        Assert.Equal(One("orchestration:Waits", ActivityKind.Server).SpanId, timer.ParentSpanId);
        Assert.InRange(timer.Duration, TimeSpan.FromMilliseconds(15), TimeSpan.FromSeconds(30));
        Assert.NotNull(timer.GetTagItem("durabletask.fire_at"));
        Assert.Equal("somebody", sent.GetTagItem("durabletask.event.target_instance_id"));
        Assert.Equal(instanceId, One("orchestration_event:raised", ActivityKind.Producer).GetTagItem("durabletask.event.target_instance_id"));
    }

    [Fact]
    public async Task Calls_and_signals_of_entities_have_spans_on_both_sides()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Asks", async context =>
            {
                await context.Entities.SignalEntityAsync(new EntityInstanceId("Traced", "signalled"), "Note");
                return await context.Entities.CallEntityAsync<int>(new EntityInstanceId("Traced", "called"), "Answer");
            })
            .AddEntity<Traced>("Traced"));

        await host.RunAsync("Asks");
        await Eventually.TrueAsync(() => Task.FromResult(_spans.Any(span => span.OperationName == "noted" && span.TraceId == _root.TraceId)), host.Timeout);

        Activity orchestration = One("orchestration:Asks", ActivityKind.Server);
        Activity call = One("entity:traced:Answer", ActivityKind.Client);
        Activity answer = One("entity:traced:Answer", ActivityKind.Server);
        Activity signal = One("entity:traced:Note", ActivityKind.Producer);
        Activity note = One("entity:traced:Note", ActivityKind.Consumer);
        Assert.Equal(orchestration.SpanId, call.ParentSpanId);
        Assert.Equal(call.SpanId, answer.ParentSpanId);
        Assert.Equal(orchestration.SpanId, signal.ParentSpanId);
        Assert.Equal(signal.SpanId, note.ParentSpanId);
        Assert.Equal(note.SpanId, One("noted", ActivityKind.Internal).ParentSpanId);
        Assert.Equal(("entity", "call_entity", "@traced@called"), Tags(call, "durabletask.event.target_instance_id"));
        Assert.Equal(("entity", "call_entity", "@traced@called"), Tags(answer, "durabletask.task.instance_id"));
        Assert.Equal(("entity", "signal_entity", "@traced@signalled"), Tags(signal, "durabletask.event.target_instance_id"));

        static (object? Type, object? Operation, object? Entity) Tags(Activity span, string entity) =>
            (span.GetTagItem("durabletask.type"), span.GetTagItem("durabletask.task.operation"), span.GetTagItem(entity));
    }

    [Fact]
    public async Task What_an_entitys_operation_sends_is_below_it_and_its_failure_is_an_error_on_both_sides()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Asks", context => context.Entities.CallEntityAsync<int>(new EntityInstanceId("Traced", "called"), "Fail"))
            .AddOrchestratorFunc("Started", _ => 1)
            .AddEntity<Traced>("Traced"));

        await host.Client.Entities.SignalEntityAsync(new EntityInstanceId("Traced", "first"), "Send", cancellation: host.Timeout);
        await Eventually.TrueAsync(() => Task.FromResult(_spans.Any(span => span.OperationName == "noted" && span.TraceId == _root.TraceId)), host.Timeout);
        await host.EndOfAsync("started by an entity");
        await host.RunAsync("Asks");

        Activity send = One("entity:traced:Send", ActivityKind.Consumer);
        Activity create = One("traced:create_orchestration", ActivityKind.Producer);
        Assert.Equal(_root.SpanId, One("entity:traced:Send", ActivityKind.Producer).ParentSpanId);
        Assert.Equal(send.SpanId, One("entity:traced:Note", ActivityKind.Producer).ParentSpanId);
        Assert.Equal(send.SpanId, create.ParentSpanId);
        Assert.Equal(create.SpanId, One("orchestration:Started", ActivityKind.Server).ParentSpanId);
        Assert.Equal((ActivityStatusCode.Error, "on purpose"), Status(One("entity:traced:Fail", ActivityKind.Server)));
        Assert.Equal((ActivityStatusCode.Error, "on purpose"), Status(One("entity:traced:Fail", ActivityKind.Client)));
    }

    [Fact]
    public async Task The_trace_goes_on_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        Action<DurableTaskRegistry> tasks = registry => registry
            .AddOrchestratorFunc("Waits", async context =>
            {
                await context.WaitForExternalEvent<int>("go");
                return await context.CallActivityAsync<string>("Works");
            })
            .AddActivityFunc("Works", (TaskActivityContext _) => "done");
        string instanceId;
        await using (var host = await DurableTestHost.StartAsync(tasks, folder: folder))
        {
            instanceId = await host.Client.ScheduleNewOrchestrationInstanceAsync("Waits");
            await host.StartOfAsync(instanceId);
        }

        await using (var host = await DurableTestHost.StartAsync(tasks, folder: folder))
        {
            await host.Client.RaiseEventAsync(instanceId, "go", 1);
            await host.EndOfAsync(instanceId);
        }

        Activity orchestration = One("orchestration:Waits", ActivityKind.Server);
        Assert.Equal(One("create_orchestration:Waits", ActivityKind.Producer).SpanId, orchestration.ParentSpanId);
        Assert.Equal(orchestration.SpanId, One("activity:Works", ActivityKind.Client).ParentSpanId);
    }

    private sealed class Traced : TaskEntity<int>
    {
        public int Answer() => 42;

        public void Note()
        {
            State++;
            TestSource.StartActivity("noted")?.Dispose();
        }

        public void Fail() => throw new InvalidOperationException("on purpose");

        public void Send()
        {
            Context.SignalEntity(new EntityInstanceId("Traced", "second"), "Note");
            Context.ScheduleNewOrchestration("Started", options: new StartOrchestrationOptions("started by an entity"));
        }
    }

    private static (ActivityStatusCode Code, string? Description) Status(Activity span) => (span.Status, span.StatusDescription);

    /// <summary>The span of this test's trace; other tests run at the same time.</summary>
    private Activity One(string name, ActivityKind kind) =>
        Assert.Single(_spans, span => span.TraceId == _root.TraceId && span.OperationName == name && span.Kind == kind);
}
