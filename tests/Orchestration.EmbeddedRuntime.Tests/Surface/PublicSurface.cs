using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orchestration.EmbeddedRuntime.Tests.Surface;

/// <summary>
/// The public declarations of an assembly as text, one line each, in the notation of the lists in <c>Packages</c>: equal declarations are equal
/// lines. Nullability inside type arguments is not shown.
/// </summary>
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(double)] = "double",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(void)] = "void",
    };

    public static IEnumerable<Declaration> Of(Assembly assembly) =>
        assembly.GetExportedTypes().Where(type => !IsGenerated(type)).SelectMany(Of);

    private static IEnumerable<Declaration> Of(Type type)
    {
        string owner = $"{type.Namespace}.{Name(type)}";
        if (type.IsSubclassOf(typeof(MulticastDelegate)))
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            yield return new($"{type.Namespace}.{Name(type)}", $"public delegate {Name(invoke.ReturnType)} {Name(type)}({Parameters(invoke)});");
            yield break;
        }

        yield return new(owner, Heading(type));
        IEnumerable<string> members = type.IsEnum
            ? Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}")
            : Members(type);
        foreach (string member in members)
        {
            yield return new(owner, member);
        }
    }

    private static string Heading(Type type)
    {
        string usage = type.GetCustomAttributesData().FirstOrDefault(attribute => attribute.AttributeType == typeof(AttributeUsageAttribute)) is { } found
            ? $"[AttributeUsage({(AttributeTargets)found.ConstructorArguments[0].Value!}"
                + string.Concat(found.NamedArguments.Select(argument => $", {argument.MemberName} = {argument.TypedValue.Value}")) + ")] "
            : string.Empty;
        string modifier = type switch
        {
            { IsInterface: true } or { IsValueType: true } => string.Empty,
            { IsAbstract: true, IsSealed: true } => "static ",
            { IsAbstract: true } => "abstract ",
            { IsSealed: true } => "sealed ",
            _ => string.Empty,
        };
        string kind = type switch
        {
            { IsInterface: true } => "interface",
            { IsEnum: true } => "enum",
            { IsValueType: true } => IsRecord(type) ? "record struct" : "struct",
            _ => IsRecord(type) ? "record" : "class",
        };
        string[] bases = type.IsEnum ? [] : [.. Bases(type)];
        return usage + Obsolete(type) + $"public {modifier}{kind} {Name(type)}"
            + (bases.Length > 0 ? " : " + string.Join(", ", bases) : string.Empty) + Constraints(type.GetGenericArguments());
    }

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
        {
            yield return Name(parent);
        }

        foreach (Type implemented in type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []))
        {
            if (implemented.IsPublic && !(implemented.IsGenericType && implemented.GetGenericTypeDefinition() == typeof(IEquatable<>)))
            {
                yield return Name(implemented);
            }
        }
    }

    private static IEnumerable<string> Members(Type type)
    {
        bool isRecord = IsRecord(type);
        foreach (ConstructorInfo constructor in type.GetConstructors(Declared).Where(one => !one.IsStatic && IsVisible(one)))
        {
            bool copies = isRecord && !constructor.IsPublic && constructor.GetParameters() is [var only] && only.ParameterType == type;
            if (!copies)
            {
                yield return $"{Access(constructor)} .ctor({Parameters(constructor)})";
            }
        }

        foreach (PropertyInfo property in type.GetProperties(Declared).Where(one => one.Name != "EqualityContract"))
        {
            MethodInfo[] accessors = [.. new[] { property.GetMethod, property.SetMethod }.OfType<MethodInfo>()];
            if (IsVisible(accessors[0]))
            {
                yield return Declare(property, accessors[0]);
            }
        }

        foreach (FieldInfo field in type.GetFields(Declared).Where(one => (one.IsPublic || one.IsFamily) && !IsGenerated(one)))
        {
            string modifiers = field.IsLiteral ? " const" : (field.IsStatic ? " static" : string.Empty) + (field.IsInitOnly ? " readonly" : string.Empty);
            string value = field.IsLiteral ? $" = {field.GetRawConstantValue()}" : string.Empty;
            yield return $"{(field.IsPublic ? "public" : "protected")}{modifiers} {Name(field.FieldType)} {field.Name}{value}";
        }

        foreach (MethodInfo method in type.GetMethods(Declared).Where(one => IsVisible(one) && IsWritten(one, isRecord)))
        {
            yield return Declare(method);
        }
    }

    private static string Declare(PropertyInfo property, MethodInfo accessor)
    {
        string get = property.GetMethod is { } getter && IsVisible(getter) ? " get;" : string.Empty;
        string set = property.SetMethod is { } setter && IsVisible(setter)
            ? (Access(setter) == Access(accessor) ? string.Empty : " " + Access(setter))
                + (setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;")
            : string.Empty;
        string mark = Mark(Nullability.Create(property).ReadState, property.PropertyType);
        return $"{Access(accessor)}{Modifier(accessor)} {Name(property.PropertyType)}{mark} {property.Name} {{{get}{set} }}";
    }

    private static string Declare(MethodInfo method)
    {
        Type[] arguments = method.IsGenericMethodDefinition ? method.GetGenericArguments() : [];
        string generics = arguments.Length > 0 ? $"<{string.Join(", ", arguments.Select(Name))}>" : string.Empty;
        string extends = method.IsDefined(typeof(ExtensionAttribute), false) ? "this " : string.Empty;
        string mark = Mark(Nullability.Create(method.ReturnParameter).ReadState, method.ReturnType);
        return $"{Obsolete(method)}{Access(method)}{Modifier(method)} {Name(method.ReturnType)}{mark} {method.Name}{generics}"
            + $"({extends}{Parameters(method)}){Constraints(arguments)}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
    {
        string prefix = parameter.IsDefined(typeof(ParamArrayAttribute), false) ? "params "
            : parameter.IsOut ? "out "
            : parameter.ParameterType.IsByRef ? "ref " : string.Empty;
        string mark = Mark(Nullability.Create(parameter).WriteState, parameter.ParameterType);
        string value = parameter.HasDefaultValue ? " = " + Literal(parameter) : string.Empty;
        return $"{prefix}{Name(parameter.ParameterType)}{mark} {parameter.Name}{value}";
    }));

    private static string Literal(ParameterInfo parameter) => parameter.DefaultValue switch
    {
        null => parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null ? "default" : "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        var value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
    };

    private static string Name(Type type)
    {
        if (type.IsByRef || type.IsArray)
        {
            return Name(type.GetElementType()!) + (type.IsArray ? "[]" : string.Empty);
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        if (Keywords.TryGetValue(type, out string? keyword))
        {
            return keyword;
        }

        string name = type.Name.Split('`')[0];
        string qualified = type.DeclaringType is { } outer ? $"{Name(outer)}.{name}" : name;
        return type.IsGenericType ? $"{qualified}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : qualified;
    }

    private static string Constraints(IEnumerable<Type> arguments) => string.Concat(arguments.Where(one => one.IsGenericParameter).Select(argument =>
    {
        GenericParameterAttributes flags = argument.GenericParameterAttributes;
        List<string> list = [.. argument.GetGenericParameterConstraints().Where(one => one != typeof(ValueType)).Select(Name)];
        if (flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
        {
            list.Insert(0, "struct");
        }
        else if (flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            list.Insert(0, "class");
        }

        return list.Count > 0 ? $" where {argument.Name} : {string.Join(", ", list)}" : string.Empty;
    }));

    private static string Mark(NullabilityState state, Type type) =>
        state == NullabilityState.Nullable && !type.IsValueType && !type.IsByRef ? "?" : string.Empty;

    private static bool IsRecord(Type type) => type.GetMethods(Declared).Any(method => method.Name is "PrintMembers" or "<Clone>$");

    private static bool IsGenerated(MemberInfo member) =>
        member.IsDefined(typeof(CompilerGeneratedAttribute), false) || member.Name.Contains('<', StringComparison.Ordinal);

    /// <summary>Whether somebody wrote the method: no accessor, and none of what the compiler adds to a record.</summary>
    private static bool IsWritten(MethodInfo method, bool isRecord) =>
        (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
        && !method.Name.Contains('<', StringComparison.Ordinal)
        && !(isRecord && method.Name is "PrintMembers" or "Equals" or "GetHashCode" or "ToString" or "op_Equality" or "op_Inequality" or "Deconstruct");

    private static string Obsolete(MemberInfo member) => member.IsDefined(typeof(ObsoleteAttribute), false) ? "[Obsolete] " : string.Empty;

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) => method.IsPublic ? "public" : "protected";

    private static string Modifier(MethodInfo method) => method switch
    {
        { IsStatic: true } => " static",
        { IsAbstract: true } => " abstract",
        { IsVirtual: true, IsFinal: false } => method.GetBaseDefinition() == method ? " virtual" : " override",
        _ => string.Empty,
    };
}

/// <summary>A type's own line, or a member's.</summary>
/// <param name="Type">The type's full name.</param>
/// <param name="Text">The line.</param>
internal sealed record Declaration(string Type, string Text);
