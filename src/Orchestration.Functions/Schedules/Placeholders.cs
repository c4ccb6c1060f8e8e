using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestration.Functions.Schedules;

/// <summary>
/// Texts with places for what differs from run to run: <c>{schedule}</c>, <c>{image}</c> (<c>container/name</c>), <c>{vm}</c> (the image's last
/// segment without its ending), and the occurrence by the schedule's clock as <c>{yyyy}</c>, <c>{MM}</c>, <c>{dd}</c>, <c>{HH}</c>, <c>{mm}</c>
/// and <c>{ww}</c>, the ISO week. Beside a week, <c>{yyyy}</c> is the year of the week, which is another one around New Year.
/// </summary>
public static partial class Placeholders
{
    private const string Week = "{ww}";

    /// <summary>Why a template cannot be used; null where it can.</summary>
    public static string? FindFault(string template)
    {
        if (template.Contains(Week, StringComparison.Ordinal) && (template.Contains("{MM}", StringComparison.Ordinal) || template.Contains("{dd}", StringComparison.Ordinal)))
        {
            return "Expected a week or a month and day, found both: their years differ around New Year.";
        }

        return Known().Replace(template, "").IndexOfAny(['{', '}']) >= 0
            ? "Expected no braces but those of {schedule}, {image}, {vm}, {yyyy}, {MM}, {dd}, {HH}, {mm} and {ww}."
            : null;
    }

    /// <summary>Whether a template differs from image to image.</summary>
    public static bool NamesImage(string template) =>
        template.Contains("{image}", StringComparison.Ordinal) || template.Contains("{vm}", StringComparison.Ordinal);

    /// <summary>The text for one job. Other braces stay as they are.</summary>
    public static string Fill(string template, string schedule, DateTimeOffset occurrence, string? image)
    {
        var year = template.Contains(Week, StringComparison.Ordinal) ? ISOWeek.GetYear(occurrence.DateTime) : occurrence.Year;
        return Known().Replace(template, match => match.Groups[1].Value switch
        {
            "schedule" => schedule,
            "image" => image ?? "",
            "vm" => Path.GetFileNameWithoutExtension(image ?? ""),
            "yyyy" => year.ToString("D4", CultureInfo.InvariantCulture),
            "ww" => ISOWeek.GetWeekOfYear(occurrence.DateTime).ToString("D2", CultureInfo.InvariantCulture),
            var part => occurrence.ToString(part, CultureInfo.InvariantCulture),
        });
    }

    [GeneratedRegex(@"\{(schedule|image|vm|yyyy|MM|dd|HH|mm|ww)\}")]
    private static partial Regex Known();
}
