using Microsoft.Data.Sqlite;

namespace Orchestration.EmbeddedRuntime.Store;

/// <summary>One-off statements on a connection.</summary>
internal static class SqliteStatements
{
#pragma warning disable CA2100 // Every statement text in this folder is a constant; values travel as parameters.
    public static void Run(this SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static T Scalar<T>(this SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is T value
            ? value
            : throw new InvalidOperationException($"'{sql}' gave no {typeof(T).Name}.");
    }
#pragma warning restore CA2100
}

/// <summary>A prepared statement with parameters $1, $2, … For one thread.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteCommand _command;

    public SqliteStatement(SqliteConnection connection, string sql, int parameters)
    {
        _command = connection.CreateCommand();
#pragma warning disable CA2100 // Every statement text in this folder is a constant; values travel as parameters.
        _command.CommandText = sql;
#pragma warning restore CA2100
        for (int number = 1; number <= parameters; number++)
        {
            _command.Parameters.Add(new SqliteParameter { ParameterName = $"${number}", Value = DBNull.Value });
        }

        _command.Prepare();
    }

    /// <summary>Runs the statement and gives the number of changed rows.</summary>
    public int Execute(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteNonQuery();
    }

    /// <summary>Runs the statement and gives its rows; the reader is to be disposed before the next use.</summary>
    public SqliteDataReader Query(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteReader();
    }

    public void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
    }
}

/// <summary>Nullable columns.</summary>
internal static class SqliteColumns
{
    public static string? Text(this SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static byte[]? Bytes(this SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<byte[]>(column);

    public static DateTime Time(this SqliteDataReader reader, int column) => new(reader.GetInt64(column), DateTimeKind.Utc);

    public static DateTime? OptionalTime(this SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.Time(column);
}
