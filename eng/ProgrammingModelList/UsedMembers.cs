using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Orchestration.ProgrammingModelList;

/// <summary>Finds what the app uses of the programming model: what its code refers to, and what its attributes set.</summary>
internal static class UsedMembers
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<ModelEntry> Find(ModelAssemblies assemblies)
    {
        var members = References(assemblies.App).Concat(AttributeProperties(assemblies.App))
            .Select(Definition)
            .Where(member => ModelAssemblies.IsModel(TypeOf(member)))
            .Distinct()
            .ToList();

        // Code compiled against constants keeps their numbers only, so that all values of an enumeration count as used.
        var types = members.Select(TypeOf).Distinct().ToList();
        var values = types.Where(type => type.IsEnum).SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static));
        return members.Concat(types).Concat(values).Distinct()
            .Select(Signatures.Describe)
            .Distinct()
            .OrderBy(entry => entry.Namespace, StringComparer.Ordinal)
            .ThenBy(entry => entry.Type, StringComparer.Ordinal)
            .ThenBy(entry => entry.Signature, StringComparer.Ordinal)
            .ToList();
    }

    private static List<MemberInfo> References(Assembly app)
    {
        using var file = new PEReader(File.OpenRead(app.Location));
        var metadata = file.GetMetadataReader();
        var tokens = metadata.TypeReferences.Select(handle => MetadataTokens.GetToken(handle))
            .Concat(metadata.MemberReferences.Select(handle => MetadataTokens.GetToken(handle)));

        // Inside generic code the type parameters of the place are needed to resolve a reference, and are not known here; the app's own
        // generic code does not call the model. A resolution that fails for another reason fails the tool.
        return tokens.Select(token => app.ManifestModule.ResolveMember(token)).OfType<MemberInfo>().ToList();
    }

    /// <summary>Properties that attributes set by name: they stand in no reference.</summary>
    private static IEnumerable<MemberInfo> AttributeProperties(Assembly app) =>
        from type in app.GetTypes()
        from provider in type.GetMembers(Everything).Prepend(type).SelectMany(WithParameters)
        from attribute in provider
        where ModelAssemblies.IsModel(attribute.AttributeType)
        from argument in attribute.NamedArguments
        select argument.MemberInfo;

    private static IEnumerable<IList<CustomAttributeData>> WithParameters(MemberInfo member) =>
        member is MethodBase method
            ? method.GetParameters().Select(parameter => parameter.GetCustomAttributesData()).Prepend(member.GetCustomAttributesData())
            : [member.GetCustomAttributesData()];

    /// <summary>The declaration that an instance of a generic type or method comes from; of an accessor, the property.</summary>
    private static MemberInfo Definition(MemberInfo member)
    {
        if (member is Type type)
        {
            return type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;
        }

        var definition = member.Module.ResolveMember(
            member.MetadataToken, member.DeclaringType?.GetGenericArguments(), null) ?? member;
        return definition is MethodBase { IsSpecialName: true } accessor
            ? accessor.DeclaringType?.GetProperties(Everything).FirstOrDefault(property => property.GetAccessors(true).Contains(accessor)) ?? definition
            : definition;
    }

    private static Type TypeOf(MemberInfo member) => member as Type ?? member.DeclaringType
        ?? throw new InvalidOperationException($"'{member}' is no member of a type.");
}
