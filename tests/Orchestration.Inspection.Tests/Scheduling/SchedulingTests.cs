using Orchestration.GuestFixtures;
using Orchestration.Inspection.Scheduling;
using Orchestration.TestSupport;

namespace Orchestration.Inspection.Tests.Scheduling;

public sealed class SchedulingTests
{
    [Fact]
    public void System_tables_name_the_user_and_variables_are_no_jobs()
    {
        var jobs = new GuestBuilder().Packages("cron").File("/etc/crontab", "SHELL=/bin/sh\n# m h dom mon dow user command\n17 *\t* * *\troot cd / && run-parts /etc/cron.hourly\n")
            .File("/etc/cron.d/app", "@reboot www-data /srv/app/start --now\n").File("/etc/cron.d/app.dpkg-old", "* * * * * root old\n").Build().Scheduling.CronJobs;

        Assert.Equal(
            [
                new CronJob("17 * * * *", "root", "cd / && run-parts /etc/cron.hourly", "/etc/crontab", 3),
                new CronJob("@reboot", "www-data", "/srv/app/start --now", "/etc/cron.d/app", 1),
            ],
            jobs);
    }

    [Fact]
    public void Without_Debian_s_cron_names_with_dots_count_but_not_those_of_copies()
    {
        var guest = new GuestBuilder().File("/etc/cron.d/backup.sh", "-*/5 * * * * root backup\n").File("/etc/cron.d/old.rpmsave", "* * * * * root old\n").File("/etc/cron.d/.hidden", "* * * * * root no\n")
            .File("/etc/cron.daily/clean.sh", "", mode: 755).File("/etc/cron.daily/notes.txt", "", mode: 644);

        Assert.Equal(
            [new CronJob("*/5 * * * *", "root", "backup", "/etc/cron.d/backup.sh", 1), new CronJob("cron.daily", "root", "/etc/cron.daily/clean.sh", "/etc/cron.daily/clean.sh", null)],
            guest.Build().Scheduling.CronJobs);
    }

    [RequiresToolFact("run-parts")]
    public void Scripts_of_Debian_are_those_that_run_parts_would_run()
    {
        var folder = Directory.CreateTempSubdirectory("run-parts-");
        var guest = new GuestBuilder().Packages("cron");
        try
        {
            foreach (var (name, mode) in new[] { ("plain", 755), ("with-hyphen_2", 700), ("dot.sh", 755), (".placeholder", 755), ("readme", 644), ("copy~", 755), ("old.dpkg-old", 755) })
            {
                var file = Path.Combine(folder.FullName, name);
                File.WriteAllText(file, "#!/bin/sh\n");
                Tool.Run("chmod", $"{mode}", file);
                guest.File($"/etc/cron.daily/{name}", "#!/bin/sh\n", mode);
            }

            var listed = Tool.Run("run-parts", "--test", folder.FullName).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(path => $"/etc/cron.daily/{Path.GetFileName(path)}");
            Assert.Equal(listed.Order(StringComparer.Ordinal), guest.Build().Scheduling.CronJobs.Select(job => job.Command).Order(StringComparer.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_users_table_belongs_to_the_user_it_is_named_after()
    {
        var job = Assert.Single(new GuestBuilder().File("/var/spool/cron/crontabs/alice", "*/5 * * * * backup.sh /home\n").Build().Scheduling.CronJobs);

        Assert.Equal(("alice", "backup.sh /home"), (job.User, job.Command));
    }

    [Fact]
    public void Scripts_in_the_periods_directories_are_run_by_root()
    {
        var job = Assert.Single(new GuestBuilder().File("/etc/cron.daily/logrotate", "#!/bin/sh", mode: 755).File("/etc/cron.daily/.placeholder").Build().Scheduling.CronJobs);

        Assert.Equal(("cron.daily", "root", "/etc/cron.daily/logrotate"), (job.Schedule, job.User, job.Command));
    }

    [Fact]
    public void Timers_have_their_triggers_and_what_they_start()
    {
        var timers = new GuestBuilder()
            .Unit("fstrim.timer", "[Timer]\nOnCalendar=weekly\nOnBootSec=1h\nAccuracySec=1h\n[Install]\nWantedBy=timers.target\n")
            .Link("/etc/systemd/system/timers.target.wants/fstrim.timer", "/usr/lib/systemd/system/fstrim.timer")
            .Unit("masked.timer").Link("/etc/systemd/system/masked.timer", "/dev/null").Build().Scheduling.Timers;

        var timer = Assert.Single(timers);
        Assert.Equal(("fstrim.timer", "fstrim.service", true), (timer.Name, timer.Activates, timer.Enabled));
        Assert.Equal(["OnCalendar=weekly", "OnBootSec=1h"], timer.Schedule);
    }
}
