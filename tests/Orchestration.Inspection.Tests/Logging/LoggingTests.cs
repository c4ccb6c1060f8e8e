using Orchestration.GuestFixtures;

namespace Orchestration.Inspection.Tests.Logging;

public sealed class LoggingTests
{
    [Fact]
    public void Drop_ins_of_the_journal_win_over_its_file()
    {
        var logging = new GuestBuilder().File("/etc/systemd/journald.conf", "[Journal]\nStorage=volatile\nCompress=yes\n")
            .File("/usr/lib/systemd/journald.conf.d/50.conf", "[Journal]\nStorage=persistent\n").Build().Logging;

        Assert.Equal(("persistent", "yes", true), (logging.FindJournal("Storage")?.Value, logging.FindJournal("Compress")?.Value, logging.KeepsJournal));
    }

    [Fact]
    public void By_itself_the_journal_is_kept_where_its_directory_is()
    {
        Assert.True(new GuestBuilder().Directory("/var/log/journal").Build().Logging.KeepsJournal);
        Assert.False(new GuestBuilder().Directory("/var/log").Build().Logging.KeepsJournal);
    }

    [Fact]
    public void Remote_targets_have_file_and_line()
    {
        var target = Assert.Single(new GuestBuilder().File("/etc/rsyslog.d/60-remote.conf", "# to the log server\nauth,authpriv.*\t@@logs.example.com:6514\n").Build().Logging.RemoteTargets);

        Assert.Equal(("@@logs.example.com:6514", "/etc/rsyslog.d/60-remote.conf", 2), (target.Value, target.File, target.Line));
    }
}
