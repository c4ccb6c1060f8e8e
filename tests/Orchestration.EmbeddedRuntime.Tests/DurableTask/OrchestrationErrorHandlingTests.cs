using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Orchestration.EmbeddedRuntime.Tests.Fixtures;

namespace Orchestration.EmbeddedRuntime.Tests.DurableTask;

public class OrchestrationErrorHandlingTests
{
    private const string Message = "Kah-BOOOOOM!!!";

    [Fact]
    public async Task An_unhandled_activity_exception_fails_the_orchestration_and_keeps_the_chain_of_causes()
    {
        static void FaultyActivity(TaskActivityContext context) =>
            throw new InvalidOperationException(Message, new ArgumentException("inner", new TimeoutException("innermost")));
        static async Task FaultyOrchestration(TaskOrchestrationContext context) => await context.CallActivityAsync(nameof(FaultyActivity));
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc(nameof(FaultyOrchestration), FaultyOrchestration)
            .AddActivityFunc(nameof(FaultyActivity), FaultyActivity));

        OrchestrationMetadata ended = await host.RunAsync(nameof(FaultyOrchestration));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        TaskFailureDetails failure = Assert.IsType<TaskFailureDetails>(ended.FailureDetails);
        Assert.Equal(typeof(TaskFailedException).FullName, failure.ErrorType);
        Assert.Equal($"Task 'FaultyActivity' (#0) failed with an unhandled exception: {Message}", failure.ErrorMessage);
        Assert.Contains(nameof(FaultyOrchestration), failure.StackTrace, StringComparison.Ordinal);
        Assert.DoesNotContain(nameof(FaultyActivity), failure.StackTrace, StringComparison.Ordinal);
        Assert.Equal(
            [typeof(InvalidOperationException).FullName, typeof(ArgumentException).FullName, typeof(TimeoutException).FullName],
            Causes(failure).Select(cause => cause.ErrorType));
        LogLine activity = Assert.Single(host.Logs.OfTasks(605));
        Assert.Equal(Message, Assert.IsType<InvalidOperationException>(activity.Exception).Message);
        Assert.IsType<TaskFailedException>(Assert.Single(host.Logs.OfTasks(602)).Exception);
    }

    [Theory]
    [InlineData(typeof(ApplicationException))]
    [InlineData(typeof(CustomException))]
    [InlineData(typeof(InvalidOperationException))]
    public async Task An_unhandled_orchestrator_exception_keeps_type_message_and_stack(Type type)
    {
        string? expectedStack = null;
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Faulty", (TaskOrchestrationContext _) =>
        {
            // On one line, so that both stacks name the same one.
            expectedStack = Environment.StackTrace.Replace("at System.Environment.get_StackTrace()", null, StringComparison.Ordinal).TrimStart(); throw Make(type);
        }));

        OrchestrationMetadata ended = await host.RunAsync("Faulty");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal((type.FullName, Message), (ended.FailureDetails?.ErrorType, ended.FailureDetails?.ErrorMessage));
        Assert.Contains(expectedStack?[..300] ?? "nothing", ended.FailureDetails?.StackTrace, StringComparison.Ordinal);
        Assert.True(ended.FailureDetails?.IsCausedBy<Exception>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    public async Task A_retry_policy_repeats_an_activity_as_often_as_it_says(int attempts)
    {
        int actual = 0;
        TaskOptions options = TaskOptions.FromRetryPolicy(new RetryPolicy(attempts, TimeSpan.FromMilliseconds(1)));
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Retry", context => context.CallActivityAsync("Fail", options: options))
            .AddActivityFunc("Fail", (TaskActivityContext _) =>
            {
                Interlocked.Increment(ref actual);
                throw new InvalidOperationException(Message);
            }));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.RunAsync("Retry")).RuntimeStatus);
        Assert.Equal(attempts, actual);
    }

    [Fact]
    public async Task A_retry_policy_asks_its_handler_which_failures_to_repeat_and_its_timeout_until_when()
    {
        var counts = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<string>("Retry", (context, which) => context.CallActivityAsync("Fail", which, which switch
            {
                "handler" => new RetryPolicy(5, TimeSpan.FromMilliseconds(1)) { HandleFailure = failure => !failure.IsCausedBy<ApplicationException>() },
                "exception" => new RetryPolicy(5, TimeSpan.FromMilliseconds(1)) { HandleFailure = failure => failure.IsCausedBy<Exception>() },
                _ => new RetryPolicy(5, TimeSpan.FromSeconds(10), retryTimeout: TimeSpan.FromSeconds(10)),
            } is var policy ? TaskOptions.FromRetryPolicy(policy) : null))
            .AddActivityFunc<string>("Fail", (_, which) =>
            {
                counts.AddOrUpdate(which, 1, (_, count) => count + 1);
                throw new CustomException(Message);
            }));

        await Task.WhenAll(host.RunAsync("Retry", "handler"), host.RunAsync("Retry", "exception"), host.RunAsync("Retry", "timeout"));

        Assert.Equal((1, 5, 1), (counts["handler"], counts["exception"], counts["timeout"]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    public async Task A_retry_handler_decides_after_each_attempt(int attempts)
    {
        int handled = 0;
        int actual = 0;
        TaskOptions options = TaskOptions.FromRetryHandler(retry =>
        {
            handled += retry.OrchestrationContext.IsReplaying ? 0 : 1;
            return retry.LastFailure.IsCausedBy<ApplicationException>() && retry.LastAttemptNumber < attempts;
        });
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Retry", context => context.CallActivityAsync("Fail", options: options))
            .AddActivityFunc("Fail", (TaskActivityContext _) =>
            {
                Interlocked.Increment(ref actual);
                throw new CustomException(Message);
            }));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.RunAsync("Retry")).RuntimeStatus);
        Assert.Equal((attempts, attempts), (handled, actual));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_retry_policy_repeats_a_sub_orchestration(int attempts)
    {
        int actual = 0;
        TaskOptions options = TaskOptions.FromRetryPolicy(new RetryPolicy(attempts, TimeSpan.FromMilliseconds(1)));
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync("Child", options: options))
            .AddOrchestratorFunc("Child", (TaskOrchestrationContext _) =>
            {
                Interlocked.Increment(ref actual);
                throw new CustomException(Message);
            }));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.RunAsync("Parent")).RuntimeStatus);
        Assert.Equal(attempts, actual);
    }

    [Theory]
    [InlineData(true, "ActivityTaskNotFound")]
    [InlineData(false, "OrchestratorTaskNotFound")]
    public async Task A_missing_task_is_not_retried(bool activity, string errorType)
    {
        int handled = 0;
        TaskOptions options = TaskOptions.FromRetryHandler(_ => handled++ < 0);
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Missing", context => activity
            ? context.CallActivityAsync("Bogus", options: options)
            : context.CallSubOrchestratorAsync("Bogus", options: options)));

        OrchestrationMetadata ended = await host.RunAsync("Missing");

        Assert.Equal((OrchestrationRuntimeStatus.Failed, errorType), (ended.RuntimeStatus, ended.FailureDetails?.InnerFailure?.ErrorType));
        Assert.Equal(0, handled);
    }

    [Fact]
    public async Task Failures_are_told_apart_by_exception_type_with_inheritance()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Catch", async context =>
            {
                try
                {
                    await context.CallActivityAsync("Fail");
                    return [];
                }
                catch (TaskFailedException failure)
                {
                    TaskFailureDetails details = failure.FailureDetails;
                    return new[] { details.IsCausedBy<CustomException>(), details.IsCausedBy<ApplicationException>(), details.IsCausedBy<IOException>() };
                }
            })
            .AddActivityFunc("Fail", (TaskActivityContext _) => throw new CustomException(Message)));

        Assert.Equal([true, true, false], (await host.RunAsync("Catch")).ReadOutputAs<List<bool>>());
    }

    [Fact]
    public async Task Exception_properties_come_along_and_numbers_become_doubles()
    {
        await using var host = await DurableTestHost.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc("Fail", context => context.CallActivityAsync("Fail"))
                .AddActivityFunc("Fail", (TaskActivityContext _) => throw new CustomException(Message)),
            services: services => services.AddSingleton<IExceptionPropertiesProvider, CustomProperties>());

        IDictionary<string, object?>? properties = (await host.RunAsync("Fail")).FailureDetails?.InnerFailure?.Properties;

        Assert.Equal("text", properties?["text"]);
        Assert.Equal(42.0, properties?["number"]);
        Assert.Equal(true, properties?["flag"]);
        Assert.Null(properties?["nothing"]);
        Assert.Equal(new List<object?> { 1.0, "two" }, properties?["list"]);
        Assert.Equal(1.0, Assert.IsType<Dictionary<string, object?>>(properties?["map"])["key"]);
    }

    [Fact]
    public async Task Awaiting_something_that_is_not_durable_fails_with_a_clear_message()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Alone", (TaskOrchestrationContext _) => Task.Delay(1))
            .AddOrchestratorFunc("BesideTimer", async context =>
            {
                Task timer = context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                await Task.Delay(50);
                await timer;
            }));

        foreach (string orchestrator in new[] { "Alone", "BesideTimer" })
        {
            OrchestrationMetadata ended = await host.RunAsync(orchestrator);
            Assert.Equal(typeof(InvalidOperationException).FullName, ended.FailureDetails?.ErrorType);
            Assert.Contains("invalid asynchronous invocation", ended.FailureDetails?.ErrorMessage, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Options_given_as_the_input_are_an_argument_error()
    {
        await using var host = await DurableTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc(
            "Mixed", context => context.CallActivityAsync("Any", (object)new TaskOptions())));

        Assert.Equal(typeof(ArgumentException).FullName, (await host.RunAsync("Mixed")).FailureDetails?.ErrorType);
    }

    private static Exception Make(Type type) => Activator.CreateInstance(type, Message) as Exception ?? throw new ArgumentException(type.Name, nameof(type));

    private static IEnumerable<TaskFailureDetails> Causes(TaskFailureDetails failure)
    {
        for (TaskFailureDetails? cause = failure.InnerFailure; cause is not null; cause = cause.InnerFailure)
        {
            yield return cause;
        }
    }

    private sealed class CustomException(string message) : ApplicationException(message);

    private sealed class CustomProperties : IExceptionPropertiesProvider
    {
        public IDictionary<string, object?>? GetExceptionProperties(Exception exception) => exception is not CustomException
            ? null
            : new Dictionary<string, object?>
            {
                ["text"] = "text",
                ["number"] = 42,
                ["flag"] = true,
                ["nothing"] = null,
                ["list"] = new object[] { 1, "two" },
                ["map"] = new Dictionary<string, int> { ["key"] = 1 },
            };
    }
}
