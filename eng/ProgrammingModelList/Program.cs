using Orchestration.ProgrammingModelList;

const string Usage = """
    Lists every type and member of the Functions and Durable Task programming model that the app uses, or compares the list with the
    assemblies of another build.

    Usage: ProgrammingModelList list APP DOCUMENT      writes the list of what the assembly APP uses into DOCUMENT
           ProgrammingModelList compare APP DOCUMENT   looks for every entry of DOCUMENT in the assemblies beside APP

    Exit codes: 0 done, 1 an entry is missing or differs, 2 wrong usage.
    """;

if (args is not [("list" or "compare") and var command, var app, var document])
{
    await Console.Error.WriteLineAsync(Usage);
    return 2;
}

using var assemblies = new ModelAssemblies(app);
if (command == "list")
{
    var used = UsedMembers.Find(assemblies);
    ModelDocument.Write(document, used);
    Console.WriteLine($"{used.Count} entries in {document}");
    return 0;
}

var entries = ModelDocument.Read(document);
var differences = Comparison.Compare(entries, assemblies);
foreach (var difference in differences)
{
    await Console.Error.WriteLineAsync(difference);
}

Console.WriteLine($"{entries.Count} entries compared, {differences.Count} differ");
return entries.Count > 0 && differences.Count == 0 ? 0 : 1;
