using Microsoft.DurableTask;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask;

public class OptionsTests
{
    private static readonly TaskOptions Full = new(
        new RetryPolicy(3, TimeSpan.FromSeconds(1)), new Dictionary<string, string> { ["k"] = "v" }) { Version = "1.5" };

    [Fact]
    public void A_copy_of_task_options_has_all_of_the_original()
    {
        Assert.Equal(Full, new TaskOptions(Full));
        Assert.Equal((Full.Retry, Full.Tags, Full.Version), Parts(Full with { }));
    }

    [Fact]
    public void Options_with_an_instance_id_keep_retries_tags_and_version()
    {
        SubOrchestrationOptions child = Full.WithInstanceId("child");

        Assert.Equal((Full.Retry, Full.Tags, Full.Version), Parts(child));
        Assert.Equal("child", child.InstanceId);
        Assert.Equal(child, new SubOrchestrationOptions(child));
    }

    [Fact]
    public void Options_of_a_sub_orchestration_keep_their_instance_id_unless_another_is_given()
    {
        TaskOptions child = Full.WithInstanceId("child");

        Assert.Equal("child", new SubOrchestrationOptions(child).InstanceId);
        Assert.Equal("other", new SubOrchestrationOptions(child, "other").InstanceId);
        Assert.Null(new SubOrchestrationOptions(Full).InstanceId);
    }

    [Fact]
    public void A_copy_of_start_options_has_all_of_the_original()
    {
        var options = new StartOrchestrationOptions("id", DateTimeOffset.UnixEpoch)
        {
            Tags = new Dictionary<string, string> { ["k"] = "v" },
            Version = "2",
            DedupeStatuses = ["Running"],
        };

        Assert.Equal(options, new StartOrchestrationOptions(options));
    }

    [Theory]
    [InlineData(0, 1, 1.0, 1, 1)]
    [InlineData(1, 0, 1.0, 1, 1)]
    [InlineData(1, 1, 0.9, 1, 1)]
    [InlineData(1, 2, 1.0, 1, 2)]
    [InlineData(1, 2, 1.0, 2, 1)]
    public void A_retry_policy_that_makes_no_sense_is_refused(int attempts, int first, double coefficient, int longest, int timeout) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(
            attempts, TimeSpan.FromSeconds(first), coefficient, TimeSpan.FromSeconds(longest), TimeSpan.FromSeconds(timeout)));

    private static (TaskRetryOptions? Retry, IDictionary<string, string>? Tags, TaskVersion? Version) Parts(TaskOptions options) =>
        (options.Retry, options.Tags, options.Version);
}
