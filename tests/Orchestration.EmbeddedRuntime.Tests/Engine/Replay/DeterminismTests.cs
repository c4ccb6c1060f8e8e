using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestration.EmbeddedRuntime.Engine.History;
using Orchestration.EmbeddedRuntime.Engine.Replay;
using Orchestration.EmbeddedRuntime.Engine.Replay.Context;

namespace Orchestration.EmbeddedRuntime.Tests.Engine.Replay;

public class DeterminismTests
{
    [Fact]
    public void Replaying_unchanged_code_goes_on_where_it_stopped()
    {
        ReplayedOrchestration orchestration = CallsThenSleeps();
        orchestration.Start();

        TurnResult second = orchestration.Turn(new TaskCompleted(0, "\"result\""));
        TurnResult third = orchestration.Turn(new TimerFired(1));

        Assert.Equal(new TimerCreated(1, orchestration.Now.AddTicks(1).AddHours(1)), Assert.Single(second.Actions));
        Assert.Equal((OrchestrationRuntimeStatus.Completed, "\"result\""), (third.Status, third.Output));
    }

    [Fact]
    public void Code_that_diverges_gives_up_all_that_its_history_has_open()
    {
        var orchestration = new ReplayedOrchestration
        {
            Code = async context =>
            {
                await Task.WhenAll(
                    context.CallActivityAsync("First"),
                    context.CallActivityAsync("Second"),
                    context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None));
                return null;
            },
        };
        orchestration.Start();
        orchestration.Code = context => context.CallActivityAsync<object?>("Other");

        TurnResult result = orchestration.Turn(new TaskCompleted(1, null));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, result.Status);
        Assert.Equal([0, 1, 2], result.Abandoned.Select(action => action.TaskId));
        Assert.Empty(result.Actions);
    }

    [Theory]
    [InlineData("other activity", "the activity 'Call'", "the activity 'Other'")]
    [InlineData("timer", "the activity 'Call'", "a timer")]
    [InlineData("sub-orchestration", "the activity 'Call'", "the sub-orchestration 'Call'")]
    [InlineData("nothing", "the activity 'Call'", "asked for nothing there")]
    public void Code_that_no_longer_asks_for_what_its_history_says_fails_and_names_both(string change, string recorded, string repeated)
    {
        ReplayedOrchestration orchestration = CallsThenSleeps();
        orchestration.Start();
        orchestration.Code = change switch
        {
            "other activity" => context => context.CallActivityAsync<object?>("Other"),
            "timer" => async context =>
            {
                await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                return null;
            },
            "sub-orchestration" => context => context.CallSubOrchestratorAsync<object?>("Call"),
            _ => context => context.WaitForExternalEvent<object?>("Event"),
        };

        TurnResult result = orchestration.Turn(new TaskCompleted(0, null));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, result.Status);
        Assert.EndsWith("NonDeterministicOrchestrationException", result.Failure?.ErrorType, StringComparison.Ordinal);
        Assert.Contains(recorded, result.Failure?.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains(repeated, result.Failure?.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(result.Actions);
    }

    [Theory]
    [InlineData("timer", "a timer", "the activity 'Other'")]
    [InlineData("sub-orchestration", "the sub-orchestration 'Child'", "the activity 'Other'")]
    [InlineData("sub-orchestration by name", "the sub-orchestration 'Child'", "the sub-orchestration 'OtherChild'")]
    [InlineData("event", "the event 'Done' to another instance", "the activity 'Other'")]
    [InlineData("event by name", "the event 'Done' to another instance", "the event 'OtherDone' to another instance")]
    public void Timers_sub_orchestrations_and_sent_events_are_compared_by_kind_and_name(string change, string recorded, string repeated)
    {
        Func<TaskOrchestrationContext, string, Task> ask = change.Split(' ')[0] switch
        {
            "timer" => (context, _) => context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None),
            "sub-orchestration" => (context, prefix) => context.CallSubOrchestratorAsync(prefix + "Child"),
            _ => (context, prefix) =>
            {
                context.SendEvent("another", prefix + "Done", 1);
                return Task.CompletedTask;
            },
        };
        var orchestration = new ReplayedOrchestration { Code = context => AskAndWaitAsync(context, ask(context, string.Empty)) };
        orchestration.Start();
        orchestration.Code = context => AskAndWaitAsync(
            context, change.EndsWith("name", StringComparison.Ordinal) ? ask(context, "Other") : context.CallActivityAsync("Other"));

        TurnResult result = orchestration.Turn(new EventRaised("Go", null));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, result.Status);
        Assert.Contains($"was {recorded}, but the orchestrator now asked for {repeated}", result.Failure?.ErrorMessage, StringComparison.Ordinal);

        static async Task<object?> AskAndWaitAsync(TaskOrchestrationContext context, Task asked)
        {
            await context.WaitForExternalEvent<object?>("Go");
            await asked;
            return null;
        }
    }

    [Theory]
    [InlineData(true, new[] { "Early", "Late" })]
    [InlineData(false, new string[0])]
    public void Events_before_and_after_a_continuation_is_asked_for_go_to_the_next_execution_or_nowhere(bool preserve, string[] carried)
    {
        var orchestration = new ReplayedOrchestration
        {
            Code = async context =>
            {
                Task timer = context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                await context.WaitForExternalEvent<object?>("Go");
                _ = context.WaitForExternalEvent<object?>("Late");
                context.ContinueAsNew("next", preserve);
                await timer;
                return null;
            },
        };
        TurnResult first = orchestration.Start();
        orchestration.Turn(new EventRaised("Early", null), new EventRaised("Go", null));

        TurnResult last = orchestration.Turn(new EventRaised("Late", null), new TimerFired(0));

        Assert.Equal(carried, last.Next?.CarriedEvents?.Select(raised => raised.Name) ?? []);
        Assert.NotEqual(first.Started?.ExecutionId, last.Next?.ExecutionId);
        Assert.Equal("\"next\"", last.Next?.Input);
    }

    [Fact]
    public void Tags_of_an_activity_travel_with_its_call()
    {
        var tags = new Dictionary<string, string> { ["team"] = "disks" };
        var orchestration = new ReplayedOrchestration { Code = context => context.CallActivityAsync<object?>("Call", new TaskOptions(tags: tags)) };

        TurnResult result = orchestration.Start();

        Assert.Equal(tags, Assert.IsType<TaskScheduled>(Assert.Single(result.Actions)).Tags);
    }

    [Fact]
    public void A_sub_orchestration_without_a_given_id_gets_one_that_replay_repeats()
    {
        var orchestration = new ReplayedOrchestration { Code = context => context.CallSubOrchestratorAsync<object?>("Child") };

        TurnResult result = orchestration.Start();

        Assert.Equal(
            DeterministicGuid.Create("instance", orchestration.Now, 0).ToString("N"),
            Assert.IsType<SubOrchestrationCreated>(Assert.Single(result.Actions)).InstanceId);
    }

    [Fact]
    public void Code_that_asks_for_more_in_a_past_turn_than_its_history_has_fails()
    {
        ReplayedOrchestration orchestration = CallsThenSleeps();
        orchestration.Start();
        orchestration.Code = async context =>
        {
            Task<object?> first = context.CallActivityAsync<object?>("Call");
            await context.CallActivityAsync<object?>("Added");
            return await first;
        };

        TurnResult result = orchestration.Turn(new TaskCompleted(0, null));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, result.Status);
        Assert.Contains("the activity 'Added' as action #1 in a turn whose history does not have it", result.Failure?.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_may_change_their_case()
    {
        ReplayedOrchestration orchestration = CallsThenSleeps();
        orchestration.Start();
        orchestration.Code = context => context.CallActivityAsync<object?>("CALL");

        Assert.Equal(OrchestrationRuntimeStatus.Completed, orchestration.Turn(new TaskCompleted(0, "1")).Status);
    }

    [Fact]
    public void A_second_answer_to_one_call_and_an_answer_to_no_call_are_not_recorded()
    {
        ReplayedOrchestration orchestration = CallsThenSleeps();
        orchestration.Start();

        orchestration.Turn(new TaskCompleted(0, "1"), new TaskCompleted(0, "2"), new TaskFailed(7, new TaskFailureDetails("E", "m", null, null, null)));

        Assert.Equal([new TaskCompleted(0, "1")], orchestration.History.OfType<ResultEvent>());
    }

    [Fact]
    public void Time_advances_with_every_turn_even_when_the_clock_does_not()
    {
        ReplayedOrchestration orchestration = CallsThenSleeps();
        orchestration.Start();
        orchestration.Turn(new EventRaised("Any", null));
        orchestration.Now = orchestration.Now.AddMinutes(-5);
        orchestration.Turn(new EventRaised("Any", null));

        DateTime[] turns = [.. orchestration.History.OfType<OrchestratorStarted>().Select(turn => turn.Timestamp)];
        Assert.Equal([.. turns.Distinct().Order()], turns);
    }

    [Fact]
    public void While_suspended_answers_are_recorded_and_taken_only_after_the_resume()
    {
        ReplayedOrchestration orchestration = CallsThenSleeps();
        orchestration.Start();

        TurnResult suspended = orchestration.Turn(new ExecutionSuspended("why"), new TaskCompleted(0, "1"));
        TurnResult resumed = orchestration.Turn(new ExecutionResumed("because"));

        Assert.Equal(OrchestrationRuntimeStatus.Suspended, suspended.Status);
        Assert.Empty(suspended.Actions);
        Assert.IsType<TimerCreated>(Assert.Single(resumed.Actions));
    }

    [Fact]
    public void Identifiers_are_name_based_over_instance_time_and_counter()
    {
        // uuid.uuid5(UUID('9e952958-5e33-4daf-827f-2fa12937b875'), 'the-instance_2026-01-02T03:04:05.0000000Z_7') in Python.
        Assert.Equal(
            Guid.Parse("7feffd18-e6f3-52e3-89e1-f5d0fca05e47"),
            DeterministicGuid.Create("the-instance", new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), 7));
    }

    private static ReplayedOrchestration CallsThenSleeps() => new()
    {
        Code = async context =>
        {
            object? result = await context.CallActivityAsync<object?>("Call");
            await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
            return result;
        },
    };
}
