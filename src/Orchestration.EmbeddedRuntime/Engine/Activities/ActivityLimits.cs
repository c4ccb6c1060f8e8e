namespace Orchestration.EmbeddedRuntime.Engine.Activities;

/// <summary>
/// Lets only so many calls of one activity through at once; the others wait here, so that they take no place from other activities.
/// Safe for concurrent use.
/// </summary>
internal sealed class ActivityLimits
{
    private readonly Dictionary<string, Gate> _gates = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="limits">The most calls at once, by the activity's name, case ignored.</param>
    /// <exception cref="InvalidOperationException">A limit is less than 1.</exception>
    public ActivityLimits(IEnumerable<KeyValuePair<string, int>> limits)
    {
        foreach ((string name, int limit) in limits)
        {
            _gates[name] = limit >= 1
                ? new Gate(limit)
                : throw new InvalidOperationException(
                    $"{nameof(EmbeddedDurableOptions.ActivityLimits)} expects at least 1, found {limit} for '{name}'.");
        }
    }

    /// <summary>The most calls of an activity at once; null: it has no limit.</summary>
    public int? Of(string name) => _gates.GetValueOrDefault(name)?.Limit;

    /// <summary>Whether a call may be queued to run; if not, a later <see cref="Leave"/> gives it.</summary>
    public bool TryEnter(OpenActivity activity)
    {
        if (!_gates.TryGetValue(activity.Call.Action.Name, out Gate? gate))
        {
            return true;
        }

        lock (gate)
        {
            if (gate.Entered < gate.Limit)
            {
                gate.Entered++;
                return true;
            }

            gate.Waiting.Enqueue(activity);
            return false;
        }
    }

    /// <summary>Takes note that a call that entered is over.</summary>
    /// <returns>The call that enters in its place, which is to be queued now; null: none waits.</returns>
    public OpenActivity? Leave(OpenActivity activity)
    {
        if (!_gates.TryGetValue(activity.Call.Action.Name, out Gate? gate))
        {
            return null;
        }

        lock (gate)
        {
            if (!gate.Waiting.TryDequeue(out OpenActivity? next))
            {
                gate.Entered--;
            }

            return next;
        }
    }

    private sealed class Gate(int limit)
    {
        public int Limit => limit;

        public int Entered { get; set; }

        public Queue<OpenActivity> Waiting { get; } = new();
    }
}
