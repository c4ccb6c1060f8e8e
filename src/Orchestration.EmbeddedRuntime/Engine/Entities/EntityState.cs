using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace Orchestration.EmbeddedRuntime.Engine.Entities;

/// <summary>
/// The state of an entity: kept as text, so that a failed operation can be taken back, and as the object of the last operation, so that
/// the next one need not read the text. The text is made after each operation although only the last one's is stored: an operation may
/// change the object in place before it throws, and nothing but the text knows what it was before.
/// </summary>
/// <param name="text">What is committed; null: there is no state.</param>
/// <param name="converter">Converts the state.</param>
internal sealed class EntityState(string? text, DataConverter converter) : TaskEntityState
{
    private string? _current = text;
    private string? _kept = text;
    private string? _saved = text;
    private object? _object;
    private bool _isSet;

    public override bool HasState => _current is not null;

    /// <summary>After the last operation that succeeded.</summary>
    public string? Text => _kept;

    /// <summary>Whether it is to be stored.</summary>
    public bool IsChanged => _kept != _saved;

    public override object? GetState(Type type)
    {
        if (_object is null || !type.IsInstanceOfType(_object))
        {
            _object = converter.Deserialize(_current, type);
        }

        return _object;
    }

    public override void SetState(object? state)
    {
        _current = converter.Serialize(state);
        _object = state;
        _isSet = true;
    }

    /// <summary>Keeps what an operation did.</summary>
    public void Keep()
    {
        _kept = _current;
        // An object that was only read may have been changed all the same.
        _object = _isSet ? _object : null;
        _isSet = false;
    }

    /// <summary>Takes back what an operation did.</summary>
    public void TakeBack()
    {
        _current = _kept;
        // The operation may have changed the object before it threw.
        _object = null;
        _isSet = false;
    }

    /// <summary>Notes that it has been committed.</summary>
    public void Saved() => _saved = _kept;
}
