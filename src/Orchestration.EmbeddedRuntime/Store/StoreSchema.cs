using Microsoft.Data.Sqlite;

namespace Orchestration.EmbeddedRuntime.Store;

/// <summary>The tables of the store. Times are UTC ticks, events are JSON.</summary>
internal static class StoreSchema
{
    // Rows of one instance carry its key, a small number, so that new rows are appended and an id that is used again starts clean.
    // One history row is one turn: a turn is written and read as a whole.
    private const string FirstTables = """
        CREATE TABLE instances (
            key INTEGER PRIMARY KEY,
            instance_id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            version TEXT NOT NULL,
            status INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            completed_at INTEGER,
            parent_instance_id TEXT,
            tags BLOB,
            custom_status TEXT,
            input TEXT,
            output TEXT,
            failure BLOB);
        CREATE INDEX instances_by_parent ON instances (parent_instance_id) WHERE parent_instance_id IS NOT NULL;

        CREATE TABLE history (
            instance INTEGER NOT NULL,
            turn INTEGER NOT NULL,
            events BLOB NOT NULL,
            PRIMARY KEY (instance, turn)) WITHOUT ROWID;

        CREATE TABLE inbox (
            instance INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            execution_id TEXT,
            visible_at INTEGER,
            event BLOB NOT NULL,
            PRIMARY KEY (instance, sequence)) WITHOUT ROWID;

        CREATE TABLE activities (
            instance INTEGER NOT NULL,
            task INTEGER NOT NULL,
            execution_id TEXT NOT NULL,
            event BLOB NOT NULL,
            PRIMARY KEY (instance, task)) WITHOUT ROWID;

        CREATE TABLE timers (
            instance INTEGER NOT NULL,
            task INTEGER NOT NULL,
            execution_id TEXT NOT NULL,
            fire_at INTEGER NOT NULL,
            PRIMARY KEY (instance, task)) WITHOUT ROWID;
        """;

    // An entity's messages are in the inbox, under its key, which no instance has.
    private const string Entities = """
        CREATE TABLE entities (
            key INTEGER PRIMARY KEY,
            entity_id TEXT NOT NULL UNIQUE,
            modified_at INTEGER NOT NULL,
            state TEXT,
            lock_id TEXT,
            lock_owner TEXT);
        CREATE INDEX entities_by_lock ON entities (lock_id) WHERE lock_id IS NOT NULL;
        """;

    // Listings go by creation or by end. Completed instances are most of a store, and change no more: they need no place among the others.
    private const string Indexes = """
        CREATE INDEX instances_by_creation ON instances (created_at);
        CREATE INDEX instances_by_status ON instances (status, created_at) WHERE status <> 1;
        CREATE INDEX instances_by_end ON instances (status, completed_at) WHERE completed_at IS NOT NULL;
        """;

    // Which file holds a value that is too large for its row, and where the value belongs: see PayloadTable.
    private const string Payloads = """
        CREATE TABLE payloads (
            file INTEGER PRIMARY KEY,
            instance INTEGER NOT NULL,
            place INTEGER NOT NULL,
            item INTEGER NOT NULL);
        CREATE INDEX payloads_by_place ON payloads (instance, place, item);
        """;

    // Each takes a file from the version that is its index to the next. Never changed, only added to.
    private static readonly string[] Steps = [FirstTables, Entities, Indexes, Payloads];

    /// <summary>The version that this build writes.</summary>
    public static int Version => Steps.Length;

    /// <summary>Brings a new or older file up to date, and refuses a file of a newer build.</summary>
    public static void Prepare(SqliteConnection connection, string path)
    {
        long version = connection.Scalar<long>("PRAGMA user_version");
        if (version > Version)
        {
            throw new StoreException(
                StoreError.NewerSchema, path, $"it has schema version {version}, and this build knows versions up to {Version}.");
        }

        if (version < Version)
        {
            connection.Run($"BEGIN IMMEDIATE; {string.Concat(Steps.Skip((int)version))} PRAGMA user_version = {Version}; COMMIT;");
        }
    }
}
