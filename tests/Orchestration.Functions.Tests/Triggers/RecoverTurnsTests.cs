using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;
using Orchestration.Functions.Orchestrators;
using Orchestration.Functions.Orchestrators.Waits;
using Orchestration.Functions.Triggers.Http.Jobs;
using Orchestration.Functions.Turns;

namespace Orchestration.Functions.Tests.Triggers;

public class RecoverTurnsTests
{
    private readonly MovableTime _time = new();
    private readonly TurnQueue _queue = new();
    private readonly DurableTaskClient _client = Substitute.For<DurableTaskClient>("test");

    [Fact]
    public async Task The_turns_of_jobs_that_are_gone_or_have_ended_are_given_back()
    {
        Run("job-purged", minutes: 2, status: null);
        Run("job-terminated", minutes: 3, OrchestrationRuntimeStatus.Terminated);
        Run("job-at-work", minutes: 90, OrchestrationRuntimeStatus.Running);

        Assert.Equal(["job-purged", "job-terminated"], await RecoverAsync());
    }

    [Fact]
    public async Task A_job_that_was_just_told_of_its_turn_keeps_it()
    {
        Run("job-told-now", minutes: 0, status: null);

        Assert.Null(await RecoverAsync());
    }

    [Fact]
    public async Task Where_nobody_has_asked_for_a_turn_there_is_nothing_to_give_back() => Assert.Null(await RecoverAsync(hasGate: false));

    private void Run(string jobId, int minutes, OrchestrationRuntimeStatus? status)
    {
        _queue.Running[jobId] = _time.Now.AddMinutes(-minutes);
        _client.GetInstanceAsync(jobId, cancellation: Arg.Any<CancellationToken>())
            .Returns(status is { } known ? new OrchestrationMetadata(nameof(JobOrchestrator), jobId) { RuntimeStatus = known } : null);
    }

    /// <returns>The jobs whose turns are given back; null where no recovery is begun.</returns>
    private async Task<IEnumerable<string>?> RecoverAsync(bool hasGate = true)
    {
        var entities = Substitute.For<DurableEntityClient>("test");
        entities.GetEntityAsync<TurnQueue>(JobGate.Id, Arg.Any<CancellationToken>())
            .Returns(hasGate ? new EntityMetadata<TurnQueue>(JobGate.Id, _queue) : null);
        _client.Entities.Returns(entities);
        string[]? recovered = null;
        await _client.ScheduleNewOrchestrationInstanceAsync(
            Arg.Is<TaskName>(name => name.Name == nameof(TurnRecovery)), Arg.Do<object>(input => recovered = (string[])input), Arg.Any<CancellationToken>());
        var functions = new QueueFunctions(Options.Create(new TurnOptions()), _time, NullLogger<QueueFunctions>.Instance);

        await functions.RecoverAsync(new TimerInfo(), _client, CancellationToken.None);

        return recovered?.Order(StringComparer.Ordinal);
    }
}
