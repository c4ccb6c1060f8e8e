using System.Text.Json;
using Orchestration.Functions.Turns;

namespace Orchestration.Functions.Tests.Turns;

public class TurnQueueTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void As_many_jobs_run_as_the_limit_says()
    {
        var queue = new TurnQueue();

        var turns = Enumerable.Range(0, 5).Select(number => Ask(queue, $"job-{number}")).ToList();

        Assert.Equal([true, true, false, false, false], turns.Select(turn => turn.Granted));
        Assert.Equal([0, 1, 2], turns.Skip(2).Select(turn => turn.Ahead));
    }

    [Fact]
    public void The_bound_holds_across_a_burst_of_thousands()
    {
        var queue = new TurnQueue();
        for (var number = 0; number < 3000; number++)
        {
            Ask(queue, $"job-{number:0000}", priority: 1 + (number % 10));
        }

        var ran = new List<string>();
        while (queue.Running.Count > 0)
        {
            Assert.InRange(queue.Running.Count, 1, 2);
            var job = queue.Running.Keys.First();
            ran.Add(job);
            queue.Leave(new TurnEnd(job, Start));
        }

        Assert.Equal(3000, ran.Distinct().Count());
    }

    [Fact]
    public void The_most_urgent_job_is_next_and_of_two_alike_the_older_one()
    {
        var queue = Full();
        Ask(queue, "ordinary", priority: 5);
        Ask(queue, "later", priority: 5, minutes: 1);
        Ask(queue, "urgent", priority: 10, minutes: 2);
        Ask(queue, "idle", priority: 1);

        Assert.Equal(["urgent", "ordinary", "later", "idle"], Drain(queue));
    }

    [Fact]
    public void A_job_that_has_waited_long_goes_before_a_more_urgent_one()
    {
        var queue = Full();
        Ask(queue, "old", priority: 1);
        Ask(queue, "urgent", priority: 10, minutes: (9 * TurnQueue.MinutesPerPriority) + 1);
        Ask(queue, "urgent-before", priority: 10, minutes: (9 * TurnQueue.MinutesPerPriority) - 1);

        Assert.Equal(["urgent-before", "old", "urgent"], Drain(queue));
    }

    [Fact]
    public void Asking_and_leaving_twice_does_no_harm()
    {
        var queue = Full();
        Ask(queue, "twice");
        Ask(queue, "twice");
        var first = queue.Leave(new TurnEnd("full-0", Start));
        var second = queue.Leave(new TurnEnd("full-0", Start));
        var again = Ask(queue, "twice");

        Assert.Equal(["twice"], first);
        Assert.Empty(second);
        Assert.True(again.Granted);
    }

    [Fact]
    public void A_job_that_stops_waiting_frees_nobodys_place()
    {
        var queue = Full();
        Ask(queue, "gives-up");
        Ask(queue, "stays");

        var granted = queue.Leave(new TurnEnd("gives-up", Start));

        Assert.Empty(granted);
        Assert.Equal(["stays"], queue.Waiting.Select(job => job.JobId));
    }

    [Fact]
    public void A_higher_limit_lets_those_run_who_waited()
    {
        var queue = Full();
        Ask(queue, "waiting");

        var turn = queue.Ask(new TurnRequest(new WaitingJob("new", 5, Start.AddMinutes(1)), 4, Start));

        Assert.True(turn.Granted);
        Assert.Equal(["waiting"], turn.AlsoGranted);
    }

    [Fact]
    public void The_queue_is_the_same_after_it_was_stored()
    {
        var queue = Full();
        Ask(queue, "waiting", priority: 7);

        var stored = JsonSerializer.Deserialize<TurnQueue>(JsonSerializer.Serialize(queue))!;

        Assert.Equal(queue.Running, stored.Running);
        Assert.Equal(queue.Waiting, stored.Waiting);
        Assert.Equal(queue.Limit, stored.Limit);
    }

    [Fact]
    public void A_queue_that_an_earlier_version_stored_is_read()
    {
        var stored = JsonSerializer.Deserialize<TurnQueue>(
            """{"Limit":2,"Running":{},"Waiting":[{"JobId":"waiting-01","Priority":7,"Since":"2026-03-01T08:00:00+00:00"}]}""");

        Assert.Equal([new WaitingJob("waiting-01", 7, new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero))], stored!.Waiting);
    }

    private static TurnQueue Full()
    {
        var queue = new TurnQueue();
        Ask(queue, "full-0");
        Ask(queue, "full-1");
        return queue;
    }

    private static Turn Ask(TurnQueue queue, string jobId, int priority = 5, int minutes = 0) =>
        queue.Ask(new TurnRequest(new WaitingJob(jobId, priority, Start.AddMinutes(minutes)), 2, Start));

    private static List<string> Drain(TurnQueue queue)
    {
        queue.Leave(new TurnEnd("full-0", Start));
        var order = new List<string>();
        while (queue.Running.Keys.FirstOrDefault(job => job != "full-1") is { } job)
        {
            order.Add(job);
            queue.Leave(new TurnEnd(job, Start));
        }

        return order;
    }
}
