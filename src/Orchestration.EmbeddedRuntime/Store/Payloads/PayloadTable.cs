using System.Text;
using Microsoft.Data.Sqlite;

namespace Orchestration.EmbeddedRuntime.Store.Payloads;

/// <summary>What a value of an instance is part of.</summary>
internal enum PayloadPlace
{
    /// <summary>The instance's own row; the item tells its columns apart.</summary>
    Instance,

    /// <summary>A turn of the history, by its number.</summary>
    History,

    /// <summary>A message in the inbox, by its sequence.</summary>
    Inbox,

    /// <summary>An open activity, by its task id.</summary>
    Activity,
}

/// <summary>
/// Decides which values go to files, and which files are no longer needed, inside the writer's transaction: a file is durable before the row
/// that names it is committed, and goes only after the commit that removed the row. For the writer's thread, which writes the files too: a
/// large value would wait for its own sync on any thread, all files of a transaction are synced together, and there is no order of files and
/// rows to get wrong.
/// </summary>
internal sealed class PayloadTable
{
    private readonly PayloadFiles _files;
    private readonly SqliteStatement _add;
    private readonly SqliteStatement _find;
    private readonly SqliteStatement _findAll;
    private readonly SqliteStatement _remove;

    // So that the many instances without large values cost nothing when their rows go.
    private readonly HashSet<long> _instances = [];
    private readonly List<long> _unneeded = [];
    private readonly List<long> _written = [];
    private long _lastFile;

    /// <param name="connection">The writer's.</param>
    /// <param name="prepare">Prepares a statement, given its text and the number of its parameters.</param>
    /// <param name="files">Where the files are.</param>
    public PayloadTable(SqliteConnection connection, Func<string, int, SqliteStatement> prepare, PayloadFiles files)
    {
        _files = files;
        _add = prepare("INSERT INTO payloads (file, instance, place, item) VALUES ($1, $2, $3, $4)", 4);
        _find = prepare("SELECT file FROM payloads WHERE instance = $1 AND place = $2 AND item = $3", 3);
        _findAll = prepare("SELECT file FROM payloads WHERE instance = $1 AND place >= $2 AND place <= $3", 3);
        _remove = prepare("DELETE FROM payloads WHERE file = $1", 1);

        var known = new HashSet<long>();
        using (SqliteStatement all = new(connection, "SELECT file, instance FROM payloads", 0))
        using (SqliteDataReader rows = all.Query())
        {
            while (rows.Read())
            {
                known.Add(rows.GetInt64(0));
                _instances.Add(rows.GetInt64(1));
            }
        }

        _lastFile = known.Count > 0 ? known.Max() : 0;
        files.Remove(files.All().Where(file => !known.Contains(file)));
    }

    /// <summary>What a row is to hold for a value: the value, or the reference to a file with it.</summary>
    public object? Keep(long instance, PayloadPlace place, long item, byte[]? value) =>
        value is not null && _files.IsTooLarge(value.Length) ? Write(instance, place, item, value) : value;

    /// <inheritdoc cref="Keep(long, PayloadPlace, long, byte[])"/>
    public object? Keep(long instance, PayloadPlace place, long item, string? value) =>
        value is not null && _files.IsTooLarge(Encoding.UTF8.GetMaxByteCount(value.Length)) && _files.IsTooLarge(Encoding.UTF8.GetByteCount(value))
            ? Write(instance, place, item, Encoding.UTF8.GetBytes(value))
            : value;

    /// <summary>Takes note that a row has been removed, or that a column is about to be written.</summary>
    public void Drop(long instance, PayloadPlace place, long item)
    {
        if (_instances.Contains(instance))
        {
            Drop(_find.Query(instance, (long)place, item));
        }
    }

    /// <summary>Takes note that all rows of these places, from one to the other, have been removed.</summary>
    public void DropAll(long instance, PayloadPlace first, PayloadPlace last)
    {
        if (_instances.Contains(instance))
        {
            Drop(_findAll.Query(instance, (long)first, (long)last));
        }
    }

    /// <summary>Makes the files that the transaction names durable; to be called before it is committed.</summary>
    public void Sync()
    {
        if (_written.Count > 0)
        {
            _files.Sync();
        }
    }

    /// <summary>
    /// Removes what was written, and keeps what was to be removed: the transaction has not been committed. On a full disk it is tried again
    /// and again, and must not fill it more each time.
    /// </summary>
    /// <param name="isUndone">Whether it is certain that it has not been committed; if not, the next start removes what no row names.</param>
    public void RolledBack(bool isUndone)
    {
        _files.Forget();
        _files.Remove(isUndone ? _written : []);
        _written.Clear();
        _unneeded.Clear();
    }

    /// <summary>Removes the files that the committed transaction no longer names.</summary>
    public void Committed()
    {
        _written.Clear();
        if (_unneeded.Count > 0)
        {
            _files.Remove(_unneeded);
            _unneeded.Clear();
        }
    }

    private byte[] Write(long instance, PayloadPlace place, long item, byte[] value)
    {
        long file = ++_lastFile;
        _written.Add(file);
        byte[] reference = _files.Write(file, value);
        _add.Execute(file, instance, (long)place, item);
        _instances.Add(instance);
        return reference;
    }

    private void Drop(SqliteDataReader found)
    {
        var files = new List<long>();
        using (found)
        {
            while (found.Read())
            {
                files.Add(found.GetInt64(0));
            }
        }

        files.ForEach(file => _remove.Execute(file));
        _unneeded.AddRange(files);
    }
}
