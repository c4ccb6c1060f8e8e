using System.Text.RegularExpressions;
using Orchestration.TestSupport;

namespace Orchestration.EndToEnd.Tests.KnownFaults;

/// <summary>
/// Every fault of the specification's sections 6.2 (W01 to W37) and 6.4 (H01 to H19) has inputs in <see cref="BadInputTests"/>, tests of its
/// own that are named here, or the reason why nobody can run into it.
/// </summary>
public partial class FaultCoverageTests
{
    /// <summary>Tests that show the fault's behaviour, by name.</summary>
    private static readonly Dictionary<string, string[]> Shown = new(StringComparer.Ordinal)
    {
        ["W01"] = ["A_dropped_document_is_run_and_put_away", "Documents_are_run_and_put_away_under_the_names_they_came_by"],
        ["W02"] = ["No_more_jobs_run_than_may_and_the_urgent_ones_run_first", "The_bound_holds_across_a_burst_of_thousands"],
        ["W03"] = ["Killed_at_twenty_moments_every_job_ends_with_the_same_result_and_no_checkpointed_step_runs_again"],
        ["W04"] = ["Documents_are_run_and_put_away_under_the_names_they_came_by"],
        ["W05"] = ["A_file_that_is_still_written_is_left_alone_until_it_is_complete", "What_is_broken_is_put_away_with_the_reason_and_keeps_nobody_else_from_running", "What_is_not_a_job_document_is_refused"],
        ["W06"] = ["Two_workers_on_one_folder_run_each_document_once", "Of_many_submissions_of_one_id_at_once_exactly_one_wins"],
        ["W09"] = ["Fifty_submissions_with_one_key_at_once_run_one_job", "Killed_among_fifty_submissions_with_one_key_the_service_still_runs_one_job", "A_completed_job_is_answered_with_its_result", "Namespaces_do_not_share_keys", "A_key_that_stands_for_another_payload_is_a_conflict"],
        ["W10"] = ["The_same_job_id_twice_is_a_conflict_and_leaves_the_first_result_alone"],
        ["W12"] = ["A_cancelled_job_stops_its_step_at_once_and_says_by_whom_and_why", "A_step_that_never_answers_is_not_waited_for_beyond_the_timeout"],
        ["W13"] = ["A_job_that_takes_too_long_ends_as_timed_out"],
        ["W14"] = ["A_failing_step_is_retried_as_often_as_the_document_says", "A_deadline_that_has_passed_lets_no_step_run"],
        ["W15"] = ["A_job_that_no_worker_may_run_is_refused_with_what_is_missing", "A_disk_beyond_the_limit_of_the_document_is_refused"],
        ["W17"] = ["Unknown_members_are_kept_at_every_level"],
        ["W18"] = ["A_result_tells_what_the_job_cost_and_where_it_belongs", "The_spans_of_a_job_belong_to_the_trace_of_its_submitter"],
        ["W19"] = ["Events_are_streamed_until_the_job_has_ended", "Events_can_be_asked_for_from_a_place_on"],
        ["W20"] = ["A_job_shows_its_document_and_its_way_through_the_states", "A_job_goes_from_one_state_to_another_where_the_specification_says_so_and_nowhere_else"],
        ["W21"] = ["An_echo_comes_back_in_the_result"],
        ["W22"] = ["A_checksum_is_verified_against_the_stored_image"],
        ["W23"] = ["Results_may_be_had_in_YAML_compressed_and_at_a_place_of_choice", "Steps_that_were_not_asked_for_are_not_planned"],
        ["W29"] = ["What_one_step_has_read_costs_the_next_nothing"],
        ["W30"] = ["The_weaknesses_of_the_sample_are_found_with_their_evidence"],
        ["W31"] = ["The_names_in_the_environment_are_honoured_and_a_second_worker_of_one_name_is_refused"],
        ["W33"] = ["A_worker_says_what_the_machine_has"],
        ["W34"] = ["Whether_a_job_may_succeed_unchanged_depends_on_its_error", "An_image_that_does_not_exist_fails_the_job"],
        ["W36"] = ["A_job_that_is_cancelled_before_it_begins_runs_no_step", "A_job_that_is_cancelled_while_it_waits_for_its_turn_leaves_the_queue"],
        ["H01"] = ["A_document_of_hyper2kvm_is_run_and_its_result_is_given_in_that_shape"],
        ["H03"] = ["A_refused_document_runs_no_step_and_still_writes_its_result", "Five_errors_are_all_reported_and_leave_a_failed_result"],
        ["H04"] = ["Killed_at_twenty_moments_every_job_ends_with_the_same_result_and_no_checkpointed_step_runs_again"],
        ["H06"] = ["A_document_is_put_into_the_words_of_the_protocol_and_the_original_is_kept"],
        ["H09"] = ["A_declared_format_that_contradicts_the_content_fails_the_job", "A_backing_file_elsewhere_is_refused"],
        ["H10"] = ["Timestamps_are_RFC_3339_with_a_zone"],
        ["H13"] = ["Killed_at_twenty_moments_every_job_ends_with_the_same_result_and_no_checkpointed_step_runs_again", "A_dead_letter_that_is_queued_again_gets_as_many_attempts_more"],
        ["H14"] = ["The_fields_of_an_answer_are_those_of_its_type", "A_request_without_a_known_key_is_refused"],
        ["H19"] = ["Every_state_has_a_name_in_each_dialect"],
    };

    /// <summary>Faults that there is no way into, and why.</summary>
    private static readonly Dictionary<string, string> Impossible = new(StringComparer.Ordinal)
    {
        ["W11"] = "A result is one blob, which storage replaces as a whole; local folders get theirs by rename.",
        ["W26"] = "No program of a guest is ever run: package databases are parsed.",
        ["W27"] = "Nothing of a guest ever reaches a shell: no command is run in an inspection.",
        ["W28"] = "No guest is mounted: symbolic links are resolved within the image by our own reader.",
        ["W32"] = "There is no working folder: what a step leaves is a blob in a container that is made at its first use.",
        ["W35"] = "A document is refused before its first attempt; the result of an attempt carries the attempt's number.",
        ["W37"] = "Nothing needs privileges: images are read as blobs, and the container runs as an ordinary user.",
        ["H11"] = "Errors are a code and a sentence; their type has no member for a stack trace.",
        ["H12"] = "State is in the storage account and in the data folder of the user, never in a folder that all may write to.",
        ["H16"] = "Whether it runs in a container is asked of the kernel, not guessed by counting processes.",
        ["H17"] = "Free disk, and whether the worker lives, are looked up each time; tools when the process begins.",
        ["H18"] = "Repair is not available yet, and said to be so (OPERATION_NOT_IMPLEMENTED).",
    };

    public static TheoryData<string> Numbers =>
        [.. Enumerable.Range(1, 37).Select(number => $"W{number:D2}"), .. Enumerable.Range(1, 19).Select(number => $"H{number:D2}")];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_known_fault_is_shown_by_a_test_or_has_no_way_in(string number)
    {
        var inputs = BadInputTests.Refused.Concat(BadInputTests.Accepted.AsEnumerable<object[]>()).Select(row => (string)row[0]);

        Assert.True(inputs.Contains(number) || Shown.ContainsKey(number) || Impossible.ContainsKey(number), $"Nothing is said of {number}.");
    }

    [Fact]
    public void The_tests_that_are_named_are_there()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(file => TestName().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["name"].Value)
            .ToHashSet(StringComparer.Ordinal);

        Assert.All(Shown.Values.SelectMany(names => names), name => Assert.Contains(name, tests));
    }

    [GeneratedRegex(@"public (async Task|void) (?<name>[A-Z]\w*_\w+)\(")]
    private static partial Regex TestName();
}
