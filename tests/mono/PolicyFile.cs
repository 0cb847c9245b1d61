// Asks Mono's policy classes what they make of policy files: PolicyFile.exe FILE...
//
// The file is prepared as ASP.NET and the CLR would: tokens are replaced in the text, then the short class names by
// their descriptions. What Mono cannot take although the CLR does is exchanged in the copy, and said:
//   - Url, Hash and Publisher conditions become All (Mono cannot make them without arguments),
//   - Windows paths in FileIOPermission become Unix ones (Mono asks the machine it runs on what is rooted),
//   - *AllFiles* and *AllLocalFiles* are left out of path lists,
//   - permissions of a class that Mono lacks are left out: the three below, and whatever is not the framework's;
//     so are trees of performance counters and services, of which Mono reads only the machines.
// Then every permission is decoded by itself, so that a bad one is named, and the whole file is loaded; sets, the
// classes in each, and the tree of code groups must be those that the XML says.
//
// Mono keeps some things to itself: PrintingPermission.ToXml gives null, SmtpPermission forgets its access,
// ReflectionPermission knows only the 1.x flags. Such values are not compared.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security;
using System.Security.Permissions;
using System.Security.Policy;
using System.Xml;

class Fault : Exception
{
    public Fault(string format, params object[] args) : base(string.Format(format, args)) { }
}

class PolicyFile
{
    static readonly string[,] Tokens = {
        { "$AppDir$", @"C:\Sites\App" },
        { "$AppDirUrl$", "file:///C:/Sites/App" },
        { "$CodeGen$", "file:///C:/Temp/root" },
        { "$OriginHost$", @"https?://www\.example\.com/.*" },
        { "$Gac$", "file:///C:/WINDOWS/assembly" },
    };

    static readonly string[] BuiltInSets =
        { "FullTrust", "Nothing", "Execution", "SkipVerification", "Internet", "LocalIntranet", "Everything" };

    static readonly string[] Conditions = {
        "All", "ApplicationDirectory", "Gac", "Hash", "Publisher", "Site", "StrongName", "Url", "Zone"
    };

    static readonly string[] NotForMono = { "Hash", "Publisher", "Url" };

    static readonly string[] PathAttributes = { "Read", "Write", "Append", "PathDiscovery", "ViewAcl", "ChangeAcl" };

    static readonly string[] AllFilesMarks = { "*AllFiles*", "*AllLocalFiles*" };

    static readonly string[] NotInMono = {
        "System.Transactions.DistributedTransactionPermission", "System.Net.PeerToPeer.PnrpPermission",
        "System.Net.PeerToPeer.Collaboration.PeerCollaborationPermission"
    };

    // Their names have two levels (machine and category, machine and service); Mono reads one, and stumbles.
    static readonly string[] TwoLevels = {
        "System.Diagnostics.PerformanceCounterPermission", "System.ServiceProcess.ServiceControllerPermission"
    };

    static readonly string[] FrameworkKeys = { "b77a5c561934e089", "b03f5f7f11d50a3a", "31bf3856ad364e35" };

    // Class, attribute: what Mono reads but does not give back as it was.
    static readonly string[] NotComparable = { "ReflectionPermission Flags" };

    readonly string path;
    readonly XmlDocument document = new XmlDocument { XmlResolver = null };
    readonly Dictionary<string, string> classes = new Dictionary<string, string>(StringComparer.Ordinal);
    readonly SortedDictionary<string, int> notes = new SortedDictionary<string, int>(StringComparer.Ordinal);

    PolicyFile(string path)
    {
        this.path = path;
    }

    void Note(string note)
    {
        int count;
        notes.TryGetValue(note, out count);
        notes[note] = count + 1;
    }

    static IEnumerable<XmlElement> Children(XmlElement parent, string name)
    {
        return parent.ChildNodes.OfType<XmlElement>().Where(child => child.Name == name);
    }

    static string Place(XmlElement element)
    {
        string name = element.GetAttribute("Name");
        return name != "" ? element.Name + " '" + name + "'" : element.Name;
    }

    static IEnumerable<XmlElement> Sets(XmlElement level)
    {
        return Children(level, "NamedPermissionSets").Take(1).SelectMany(list => Children(list, "PermissionSet"));
    }

    static IEnumerable<XmlElement> FullTrustAssemblies(XmlElement level)
    {
        return Children(level, "FullTrustAssemblies").Take(1).SelectMany(list => list.ChildNodes.OfType<XmlElement>());
    }

    XmlElement Child(XmlElement parent, string name)
    {
        XmlElement child = Children(parent, name).FirstOrDefault();
        if (child == null)
            throw new Fault("<{0}> has no <{1}>", parent.Name, name);
        return child;
    }

    string ClassOf(XmlElement element)
    {
        string name = element.GetAttribute("class"), full;
        if (name == "")
            throw new Fault("<{0}> in {1} has no class", element.Name, Place((XmlElement)element.ParentNode));
        if (classes.TryGetValue(name, out full))
            return full;
        // The CLR finds a name without a dot only by its description.
        if (!name.Contains("."))
            throw new Fault("<{0} class=\"{1}\"> is not in <SecurityClasses>", element.Name, name);
        return name;
    }

    static string ShortName(string full)
    {
        string type = full.Split(',')[0].Trim();
        return type.Substring(type.LastIndexOf('.') + 1);
    }

    static string UnixPath(string entry)
    {
        if (entry.Length >= 2 && char.IsLetter(entry[0]) && entry[1] == ':')
            return "/" + entry[0] + entry.Substring(2).Replace('\\', '/');
        return entry.StartsWith(@"\\") ? entry.Substring(1).Replace('\\', '/') : entry;
    }

    void TurnPaths(XmlElement permission)
    {
        foreach (string name in PathAttributes)
            if (permission.HasAttribute(name)) {
                var entries = permission.GetAttribute(name).Split(';').ToList();

                if (entries.RemoveAll(AllFilesMarks.Contains) > 0)
                    Note("left out, unknown to Mono: *AllFiles* and *AllLocalFiles*");
                if (entries.Count > 0)
                    permission.SetAttribute(name, string.Join(";", entries.Select(UnixPath)));
                else
                    permission.RemoveAttribute(name);
                Note("Windows paths written as Unix paths");
            }
    }

    static SortedSet<string> Parts(string value)
    {
        return new SortedSet<string>(value.Split(',', ';').Select(part => part.Trim()), StringComparer.OrdinalIgnoreCase);
    }

    void Compare(XmlElement written, SecurityElement read, string where)
    {
        if (read == null || read.Attributes == null)
            return;
        foreach (XmlAttribute attribute in written.Attributes) {
            string value = SecurityElement.FromString("<a b=\"" + SecurityElement.Escape(attribute.Value) + "\"/>").Attribute("b");
            string back = read.Attribute(attribute.Name);
            if (attribute.Name == "class" || back == null ||
                NotComparable.Contains(ShortName(written.GetAttribute("class")) + " " + attribute.Name))
                continue;
            if (!Parts(value).SetEquals(Parts(back)))
                throw new Fault("{0}: {1}=\"{2}\" is read as \"{3}\"", where, attribute.Name, value, back);
        }
    }

    // One permission by itself. False when Mono lacks the class.
    bool Decode(XmlElement permission, string set)
    {
        string full = ClassOf(permission), where = set + ", " + ShortName(full);
        Type type = null;

        permission.SetAttribute("class", full);
        try {
            type = Type.GetType(full, true);
        } catch (Exception problem) {
            if (FrameworkKeys.Any(full.Contains) && !NotInMono.Contains(full.Split(',')[0]))
                throw new Fault("{0}: {1}", where, problem.Message.Split('\n')[0]);
            Note("left out, Mono has no such class: " + full.Split(',')[0]);
            return false;
        }
        if (TwoLevels.Contains(full.Split(',')[0]) && permission.ChildNodes.OfType<XmlElement>().Any()) {
            Note("left out, Mono reads only its first level: " + full.Split(',')[0]);
            return false;
        }
        if (type == typeof(FileIOPermission))
            TurnPaths(permission);
        try {
            var made = (IPermission)Activator.CreateInstance(type, PermissionState.None);
            made.FromXml(SecurityElement.FromString(permission.OuterXml));
            Compare(permission, made.ToXml(), where);
        } catch (Fault) {
            throw;
        } catch (Exception problem) {
            if ((problem.InnerException ?? problem) is NotImplementedException) {
                Note("left out, Mono does not implement: " + full.Split(',')[0]);
                return false;
            }
            throw new Fault("{0}: {1}", where, (problem.InnerException ?? problem).Message.Split('\n')[0]);
        }
        return true;
    }

    void PrepareSet(XmlElement set, string where)
    {
        if (set.HasAttribute("class") && ShortName(ClassOf(set)).IndexOf("PermissionSet", StringComparison.Ordinal) < 0)
            throw new Fault("{0} has the class {1}", where, ClassOf(set));
        foreach (XmlElement permission in set.ChildNodes.OfType<XmlElement>().ToList()) {
            if (permission.Name != "IPermission" && permission.Name != "Permission")
                throw new Fault("{0}: <{1}> is not a permission", where, permission.Name);
            if (!Decode(permission, where))
                set.RemoveChild(permission);
        }
    }

    void PrepareCondition(XmlElement condition)
    {
        string name = ShortName(ClassOf(condition));
        string kind = name.Replace("MembershipCondition", "");

        if (!Conditions.Contains(kind)) {
            Note("made All, Mono has no such condition: " + name);
        } else if (NotForMono.Contains(kind)) {
            string needed = kind == "Url" ? "Url" : kind == "Hash" ? "HashValue" : "X509Certificate";
            if (!condition.HasAttribute(needed))
                throw new Fault("{0} has no {1}", name, needed);
            Note("made All: " + name);
        } else {
            condition.SetAttribute("class", ClassOf(condition));
            return;
        }
        condition.RemoveAllAttributes();
        condition.SetAttribute("class", typeof(AllMembershipCondition).AssemblyQualifiedName);
        condition.SetAttribute("version", "1");
    }

    void PrepareGroup(XmlElement group, ICollection<string> sets)
    {
        string set = group.GetAttribute("PermissionSetName");

        group.SetAttribute("class", ClassOf(group));
        if (Children(group, "IMembershipCondition").Count() != 1)
            throw new Fault("{0} has {1} membership conditions", Place(group), Children(group, "IMembershipCondition").Count());
        PrepareCondition(Child(group, "IMembershipCondition"));
        if (group.HasAttribute("PermissionSetName") && !sets.Contains(set) && !BuiltInSets.Contains(set))
            throw new Fault("{0} grants '{1}', which is no set of this file", Place(group), set);
        foreach (XmlElement inline in Children(group, "PermissionSet")) {
            PrepareSet(inline, Place(group) + ", its own set");
            inline.SetAttribute("class", typeof(PermissionSet).AssemblyQualifiedName);
        }
        foreach (XmlElement child in Children(group, "CodeGroup"))
            PrepareGroup(child, sets);
    }

    int CompareGroup(XmlElement written, CodeGroup read)
    {
        var children = Children(written, "CodeGroup").ToList();
        int count = 1;

        if (read.GetType().Name != ShortName(written.GetAttribute("class")))
            throw new Fault("{0} is read as {1}", Place(written), read.GetType().Name);
        if (read.MembershipCondition.GetType().Name !=
            ShortName(Child(written, "IMembershipCondition").GetAttribute("class")))
            throw new Fault("{0}: its condition is read as {1}", Place(written), read.MembershipCondition.GetType().Name);
        // These two have a name for what they compute, whatever the file says.
        if (!(read is NetCodeGroup || read is FileCodeGroup) && read.PermissionSetName != null && read.PermissionSetName != written.GetAttribute("PermissionSetName"))
            throw new Fault("{0}: its set is read as '{1}'", Place(written), read.PermissionSetName);
        if (read.Children.Count != children.Count)
            throw new Fault("{0}: {1} children are read as {2}", Place(written), children.Count, read.Children.Count);
        for (int i = 0; i < children.Count; i++)
            count += CompareGroup(children[i], (CodeGroup)read.Children[i]);
        return count;
    }

    string CompareLevel(XmlElement written, PolicyLevel read)
    {
        var sets = Sets(written).ToList();
        var texts = new List<string>();

        foreach (XmlElement set in sets) {
            string name = set.GetAttribute("Name");
            NamedPermissionSet back = read.NamedPermissionSets.Cast<NamedPermissionSet>().FirstOrDefault(n => n.Name == name);

            if (back == null)
                throw new Fault("the set '{0}' is lost", name);
            if (BuiltInSets.Contains(name))
                continue; // whatever the file says, the framework's own definition holds
            var want = Children(set, "IPermission").Select(p => ShortName(p.GetAttribute("class"))).Distinct().OrderBy(n => n);
            var have = back.Cast<IPermission>().Select(p => p.GetType().Name).Distinct().OrderBy(n => n);
            if (!want.SequenceEqual(have, StringComparer.Ordinal))
                throw new Fault("the set '{0}' holds {1}, read as {2}", name, string.Join(" ", want), string.Join(" ", have));
            if (back.IsUnrestricted() != (set.GetAttribute("Unrestricted").ToLowerInvariant() == "true"))
                throw new Fault("the set '{0}' is read as {1}restricted", name, back.IsUnrestricted() ? "un" : "");
            texts.Add(name + " (" + (back.IsUnrestricted() ? "unrestricted" : back.Count.ToString()) + ")");
        }
        if (read.RootCodeGroup == null)
            throw new Fault("the code groups are lost");
#pragma warning disable 612, 618
        int trusted = read.FullTrustAssemblies.Count;
#pragma warning restore 612, 618
        // Without a list of its own, Mono gives the level its default one.
        if (FullTrustAssemblies(written).Any() && trusted != FullTrustAssemblies(written).Count())
            throw new Fault("{0} full-trust assemblies are read as {1}", FullTrustAssemblies(written).Count(), trusted);
        int groups = CompareGroup(Child(written, "CodeGroup"), read.RootCodeGroup);
        return string.Format("{0}; {1} code groups", texts.Count > 0 ? "sets " + string.Join(", ", texts) : "no sets of its own", groups);
    }

    string Check()
    {
        string text = File.ReadAllText(path);
        for (int i = 0; i < Tokens.GetLength(0); i++)
            text = text.Replace(Tokens[i, 0], Tokens[i, 1]);
        document.LoadXml(text);

        XmlElement level = Child(Child(Child(Child(document.DocumentElement, "mscorlib"), "security"), "policy"), "PolicyLevel");
        XmlElement table = Children(level, "SecurityClasses").FirstOrDefault();
        if (table != null) {
            foreach (XmlElement row in Children(table, "SecurityClass")) {
                if (classes.ContainsKey(row.GetAttribute("Name")))
                    throw new Fault("<SecurityClasses> has '{0}' twice", row.GetAttribute("Name"));
                classes.Add(row.GetAttribute("Name"), row.GetAttribute("Description"));
            }
            if (classes.Count == 0)
                throw new Fault("<SecurityClasses> is empty, which the CLR does not survive");
            level.RemoveChild(table); // the copy has full names throughout
        }
        var names = new List<string>();
        foreach (XmlElement set in Sets(level)) {
            if (names.Contains(set.GetAttribute("Name")))
                throw new Fault("two sets are called '{0}'", set.GetAttribute("Name"));
            names.Add(set.GetAttribute("Name"));
            PrepareSet(set, set.GetAttribute("Name"));
            set.SetAttribute("class", typeof(NamedPermissionSet).AssemblyQualifiedName);
        }
        PrepareGroup(Child(level, "CodeGroup"), names);
        foreach (XmlElement assembly in FullTrustAssemblies(level)) {
            if (assembly.Name != "IMembershipCondition" || ShortName(ClassOf(assembly)) != "StrongNameMembershipCondition")
                throw new Fault("<FullTrustAssemblies> holds <{0} class=\"{1}\">", assembly.Name, assembly.GetAttribute("class"));
            PrepareCondition(assembly);
        }

        // Once with exceptions, once through the entry that swallows them and reads a file.
        PolicyLevel read = PolicyLevel.CreateAppDomainLevel();
        read.FromXml(SecurityElement.FromString(level.OuterXml));
        string said = CompareLevel(level, read);
        string copy = Path.GetTempFileName();
        try {
            document.Save(copy);
#pragma warning disable 612, 618
            CompareLevel(level, SecurityManager.LoadPolicyLevelFromFile(copy, PolicyLevelType.AppDomain));
#pragma warning restore 612, 618
        } finally {
            File.Delete(copy);
        }
        return said;
    }

    static int Main(string[] files)
    {
        int failed = 0;

        foreach (string file in files) {
            var policy = new PolicyFile(file);
            string said;
            try {
                said = "ok     " + file + ": " + policy.Check();
            } catch (Exception problem) {
                failed++;
                said = "FAILED " + file + ": " + problem.Message.Split('\n')[0];
            }
            Console.WriteLine(said);
            foreach (var note in policy.notes)
                Console.WriteLine("         in the copy that Mono read: {0}{1}", note.Key, note.Value > 1 ? " (" + note.Value + " times)" : "");
        }
        return failed > 0 ? 1 : 0;
    }
}
