namespace Orchestration.Protocol.States;

/// <summary>Whose names for states a document uses (specification section 1.17).</summary>
public enum WireDialect
{
    /// <summary>Result documents of job protocol 1.0: <c>pending</c>, <c>queued</c>, … <c>timeout</c>.</summary>
    Guestkit,

    /// <summary>hyper2kvm, whose states are ours one to one, but for timed-out jobs, which are <c>failed</c>.</summary>
    Hyper2Kvm,

    /// <summary>Octaskly, which knows six states: <c>Pending</c>, <c>Running</c>, <c>Completed</c>, <c>Failed</c>, <c>Cancelled</c>, <c>TimedOut</c>.</summary>
    Octaskly,
}
