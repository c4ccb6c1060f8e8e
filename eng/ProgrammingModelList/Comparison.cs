using System.Reflection;

namespace Orchestration.ProgrammingModelList;

/// <summary>Looks for entries in assemblies.</summary>
internal static class Comparison
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <returns>A sentence for each entry that the assemblies do not have, or have otherwise.</returns>
    public static IReadOnlyList<string> Compare(IReadOnlyList<ModelEntry> entries, ModelAssemblies assemblies)
    {
        var types = entries.Select(entry => entry.Namespace).ToHashSet(StringComparer.Ordinal);
        var found = assemblies.Model
            .SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => types.Contains(type.Namespace ?? ""))
            .SelectMany(type => type.GetMembers(Declared).Where(IsListed).Prepend(type))
            .Select(Signatures.Describe)
            .ToHashSet();
        return entries.Where(entry => !found.Contains(entry)).Select(entry => Explain(entry, found)).ToList();
    }

    private static bool IsListed(MemberInfo member) => member switch
    {
        // Accessors and the like are special too, and stand with their properties; operators stand for themselves.
        MethodInfo method => !method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal),
        PropertyInfo property => HasVisibleAccessor(property),
        ConstructorInfo or FieldInfo => true,
        _ => false,
    };

    private static bool HasVisibleAccessor(PropertyInfo property) =>
        property.GetAccessors(nonPublic: true).Any(accessor => accessor.IsPublic || accessor.IsFamily || accessor.IsFamilyOrAssembly);

    private static string Explain(ModelEntry entry, HashSet<ModelEntry> found)
    {
        var name = NameOf(entry);
        var similar = found.Where(other => other.Namespace == entry.Namespace && other.Type == entry.Type && NameOf(other) == name).ToList();
        return $"""
            {entry.Namespace}.{entry.Type}
              expected  {entry.Signature}
              found     {(similar.Count == 0 ? "nothing of that name" : string.Join("\n            ", similar.Select(other => other.Signature)))}
            """;
    }

    /// <summary>The member's name: the word before its parameters, accessors or value.</summary>
    private static string NameOf(ModelEntry entry) =>
        entry.Signature.Split('(', '{', '=')[0].Split('<')[0].Trim().Split(' ')[^1];
}
