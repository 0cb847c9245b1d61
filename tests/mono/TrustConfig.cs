// Asks Mono's configuration classes what they make of a machine-level file: TrustConfig.exe MACHINE.CONFIG FILE...
//
// FILE is a root web.config (or a machine.config of 1.1) as emitted or merged. Its securityPolicy, trust, compilation
// and identity sections are put where Mono can read them:
//   - what has no path into a root web.config of Mono's own machine.config,
//   - what is under <location path="Site/app"> into the web.config of that site, as path="app": Mono does not know
//     site names in a root web.config,
//   - two <location>s of one path into two such files, one after the other: Mono refuses what .NET accepts as long as
//     no section is there twice, and that is checked here,
//   - <identity> under such a path into the application's own web.config: Mono inherits no identity,
//   - without the attributes of ASP.NET 4.0 and without <fullTrustAssemblies> and <partialTrustVisibleAssemblies>,
//     of which Mono knows nothing; what is left out is said.
// Then names, types, required attributes, duplicates and path syntax are Mono's to judge, and the values that hold for
// the server and for every application must be those that the XML says. Mono ignores locks, so they are not its matter:
// here they are only looked for.

using System;
using System.Collections.Generic;
using System.Configuration;
using System.IO;
using System.Linq;
using System.Web.Configuration;
using System.Xml;

class Fault : Exception
{
    public Fault(string format, params object[] args) : base(string.Format(format, args)) { }
}

class TrustConfig
{
    static readonly string[] Sections = { "securityPolicy", "trust", "compilation", "identity" };
    static readonly string[] Unknown40 = { "fullTrustAssemblies", "partialTrustVisibleAssemblies" };
    static readonly string[] TrustAttributes40 = { "legacyCasModel", "permissionSetName", "hostSecurityPolicyResolverType" };
    static readonly string[] StockFiles = {
        "internal", "web_notrust.config", "web_hightrust.config", "web_mediumtrust.config", "web_lowtrust.config", "web_minimaltrust.config",
        "legacy.web_hightrust.config", "legacy.web_mediumtrust.config", "legacy.web_lowtrust.config",
        "legacy.web_minimaltrust.config"
    };

    readonly string machine, path;
    readonly SortedDictionary<string, int> notes = new SortedDictionary<string, int>(StringComparer.Ordinal);
    readonly Dictionary<string, string> levels = new Dictionary<string, string>(StringComparer.Ordinal);
    int locations;

    TrustConfig(string machine, string path)
    {
        this.machine = machine;
        this.path = path;
    }

    void Note(string note)
    {
        int count;
        notes.TryGetValue(note, out count);
        notes[note] = count + 1;
    }

    static IEnumerable<XmlElement> Elements(XmlNode parent)
    {
        return parent.ChildNodes.OfType<XmlElement>();
    }

    // The sections of one <configuration> or <location>, in copies that Mono can read.
    List<XmlElement> SectionsOf(XmlElement parent)
    {
        var found = new List<XmlElement>();

        foreach (XmlElement web in Elements(parent).Where(e => e.LocalName == "system.web"))
            foreach (XmlElement section in Elements(web)) {
                if (Unknown40.Contains(section.LocalName))
                    Note("left out, new in 4.0: <" + section.LocalName + ">");
                else if (Sections.Contains(section.LocalName)) {
                    var copy = (XmlElement)section.CloneNode(true);

                    if (section.LocalName == "trust" && !section.HasAttribute("level"))
                        throw new Fault("<trust> has no level"); // Mono would take the inherited one
                    if (section.LocalName == "trust")
                        foreach (string name in TrustAttributes40)
                            if (copy.HasAttribute(name)) {
                                copy.RemoveAttribute(name);
                                Note("left out, new in 4.0: " + name);
                            }
                    if (section.LocalName == "compilation")
                        // Assemblies, build providers and the like are not ours, and not Mono's version of them.
                        foreach (XmlElement child in Elements(copy).ToList())
                            copy.RemoveChild(child);
                    found.Add(copy);
                }
            }
        return found;
    }

    static string Write(IEnumerable<KeyValuePair<string, List<XmlElement>>> places)
    {
        var text = new StringWriter();

        text.WriteLine("<configuration>");
        foreach (var place in places) {
            if (place.Key != null)
                text.WriteLine("<location path=\"{0}\">", System.Security.SecurityElement.Escape(place.Key));
            text.WriteLine("<system.web>");
            foreach (XmlElement section in place.Value)
                text.WriteLine(section.OuterXml);
            text.WriteLine("</system.web>");
            if (place.Key != null)
                text.WriteLine("</location>");
        }
        text.WriteLine("</configuration>");
        return text.ToString();
    }

    static string Attribute(IEnumerable<XmlElement> sections, string section, string name)
    {
        XmlElement found = sections.LastOrDefault(e => e.LocalName == section && e.HasAttribute(name));
        return found == null ? null : found.GetAttribute(name);
    }

    static void Expect(string where, string what, string want, object have)
    {
        if (want != null && !string.Equals(want, Convert.ToString(have, System.Globalization.CultureInfo.InvariantCulture),
                                           have is bool ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
            throw new Fault("{0}: {1} is '{2}', read as '{3}'", where, what, want, have);
    }

    static void ExpectValues(string where, Configuration read, List<XmlElement> sections)
    {
        var trust = (TrustSection)read.GetSection("system.web/trust");
        var compilation = (CompilationSection)read.GetSection("system.web/compilation");
        var identity = (IdentitySection)read.GetSection("system.web/identity");

        Expect(where, "trust level", Attribute(sections, "trust", "level"), trust.Level);
        Expect(where, "originUrl", Attribute(sections, "trust", "originUrl"), trust.OriginUrl);
        Expect(where, "processRequestInApplicationTrust",
               Attribute(sections, "trust", "processRequestInApplicationTrust"), trust.ProcessRequestInApplicationTrust);
        Expect(where, "tempDirectory", Attribute(sections, "compilation", "tempDirectory"), compilation.TempDirectory);
        Expect(where, "impersonate", Attribute(sections, "identity", "impersonate"), identity.Impersonate);
    }

    static void Put(string directory, string name, string text)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, name), text);
    }

    // Mono's view of one site: its own web.config with one location per path.
    void CheckSite(string root, string site, Dictionary<string, List<XmlElement>> paths, List<XmlElement> inherited)
    {
        string directory = Path.Combine(root, "site");
        var map = new WebConfigurationFileMap { MachineConfigFilename = Path.Combine(root, "machine.config") };

        if (Directory.Exists(directory))
            Directory.Delete(directory, true);
        Put(directory, "web.config", Write(paths.Select(p => new KeyValuePair<string, List<XmlElement>>(
            p.Key == "" ? null : p.Key, p.Value.Where(s => p.Key == "" || s.LocalName != "identity").ToList()))));
        map.VirtualDirectories.Add("/", new VirtualDirectoryMapping(directory, true, "web.config"));
        foreach (string path in paths.Keys.Where(p => p != "")) {
            string own = Path.Combine(directory, path);

            Put(own, "web.config", Write(new[] { new KeyValuePair<string, List<XmlElement>>(
                null, paths[path].Where(s => s.LocalName == "identity").ToList()) }));
            map.VirtualDirectories.Add("/" + path, new VirtualDirectoryMapping(own, true, "web.config"));
        }
        foreach (string path in new[] { "" }.Concat(paths.Keys).Distinct()) {
            string where = site == null ? "the server" : path == "" ? site : site + "/" + path;
            var sections = new List<XmlElement>(inherited);
            List<XmlElement> own;

            // An application inherits from the ones above it, attribute by attribute.
            for (int end = 0; end >= 0 && end < path.Length; end = path.IndexOf('/', end + 1))
                if (paths.TryGetValue(path.Substring(0, end), out own))
                    sections.AddRange(own.Where(s => s.LocalName != "identity"));
            if (paths.TryGetValue(path, out own))
                sections.AddRange(own);
            Configuration read = WebConfigurationManager.OpenMappedWebConfiguration(map, "/" + path, "Default Web Site");
            ExpectValues(where, read, sections);

            var policy = (SecurityPolicySection)read.GetSection("system.web/securityPolicy");
            foreach (var level in levels) {
                TrustLevel found = policy.TrustLevels.Cast<TrustLevel>().FirstOrDefault(l => l.Name == level.Key);
                if (found == null)
                    throw new Fault("{0}: the level '{1}' is lost", where, level.Key);
                Expect(where, "policyFile of " + level.Key, level.Value, found.PolicyFile);
            }
            string used = ((TrustSection)read.GetSection("system.web/trust")).Level;
            if (used != "Full" && !policy.TrustLevels.Cast<TrustLevel>().Any(l => l.Name == used))
                throw new Fault("{0}: its level '{1}' is declared nowhere", where, used);
        }
    }

    void CheckLevels(List<XmlElement> sections)
    {
        foreach (XmlElement level in sections.Where(s => s.LocalName == "securityPolicy").SelectMany(Elements)) {
            string name = level.GetAttribute("name"), file = level.GetAttribute("policyFile");

            if (level.LocalName != "trustLevel")
                continue; // Mono says so
            if (levels.ContainsKey(name))
                throw new Fault("the level '{0}' is declared twice", name);
            if (levels.Keys.Any(other => other.Equals(name, StringComparison.OrdinalIgnoreCase)))
                throw new Fault("the level '{0}' is declared twice, in two cases", name);
            levels.Add(name, file);
            if (!StockFiles.Contains(file) && !File.Exists(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path)), file)))
                throw new Fault("the level '{0}' names '{1}', which is not there", name, file);
        }
    }

    static void CheckLock(XmlElement location, List<XmlElement> sections)
    {
        bool locked = location.GetAttribute("allowOverride") == "false" || location.GetAttribute("overrideMode") == "Deny";

        foreach (XmlElement section in sections)
            if (!locked && (section.LocalName == "trust" || section.LocalName == "securityPolicy"))
                throw new Fault("<{0}> under path=\"{1}\" is not locked", section.LocalName, location.GetAttribute("path"));
    }

    string Check(string root)
    {
        var document = new XmlDocument { XmlResolver = null };
        var pathless = new List<XmlElement>();
        // site -> path -> the contents of its locations, in order
        var sites = new SortedDictionary<string, SortedDictionary<string, List<List<XmlElement>>>>(StringComparer.OrdinalIgnoreCase);

        document.Load(path);
        if (document.DocumentElement.LocalName != "configuration")
            throw new Fault("the root is <{0}>", document.DocumentElement.LocalName);
        pathless.AddRange(SectionsOf(document.DocumentElement));
        if (pathless.Any(s => s.LocalName == "trust" || s.LocalName == "securityPolicy"))
            throw new Fault("<{0}> is not locked", pathless.First(s => s.LocalName == "trust" || s.LocalName == "securityPolicy").LocalName);
        foreach (XmlElement location in Elements(document.DocumentElement).Where(e => e.LocalName == "location")) {
            string where = location.GetAttribute("path");
            List<XmlElement> sections = SectionsOf(location);

            if (sections.Count == 0)
                continue;
            CheckLock(location, sections);
            if (where == "" || where == ".") {
                pathless.AddRange(sections);
                continue;
            }
            if (where.Trim() != where || where.StartsWith("/") || where.EndsWith("/"))
                throw new Fault("the path \"{0}\" is not one", where);
            int slash = where.IndexOf('/');
            string site = slash < 0 ? where : where.Substring(0, slash), rest = slash < 0 ? "" : where.Substring(slash + 1);
            if (!sites.ContainsKey(site))
                sites.Add(site, new SortedDictionary<string, List<List<XmlElement>>>(StringComparer.OrdinalIgnoreCase));
            if (!sites[site].ContainsKey(rest))
                sites[site].Add(rest, new List<List<XmlElement>>());
            sites[site][rest].Add(sections);
            locations++;
        }
        if (!pathless.Any(s => s.LocalName == "trust"))
            throw new Fault("nothing says which trust holds for the whole server");
        CheckLevels(pathless);

        File.Copy(machine, Path.Combine(root, "machine.config"), true);
        Put(root, "web.config", Write(new[] { new KeyValuePair<string, List<XmlElement>>(null, pathless) }));
        CheckSite(root, null, new Dictionary<string, List<XmlElement>>(), pathless);
        foreach (var site in sites) {
            foreach (var place in site.Value) {
                var twice = place.Value.SelectMany(s => s).GroupBy(s => s.LocalName).FirstOrDefault(g => g.Count() > 1);
                if (twice != null)
                    throw new Fault("<{0}> is there twice for path=\"{1}/{2}\"", twice.Key, site.Key, place.Key);
            }
            for (int pass = 0; site.Value.Values.Any(l => l.Count > pass); pass++) {
                var paths = new Dictionary<string, List<XmlElement>>();
                foreach (var place in site.Value.Where(p => p.Value.Count > pass))
                    paths.Add(place.Key, place.Value[pass]);
                CheckSite(root, site.Key, paths, pathless);
            }
        }
        return string.Format("{0} levels, default {1}, {2} locations with a path", levels.Count,
                             Attribute(pathless, "trust", "level"), locations);
    }

    static string Said(Exception problem)
    {
        while (problem.InnerException != null)
            problem = problem.InnerException;
        return problem.Message.Split('\n')[0];
    }

    static int Main(string[] args)
    {
        int failed = 0;

        // Without this Mono reads the configuration of this program instead.
        AppDomain.CurrentDomain.SetData(".:!MonoAspNetHostedApp!:.", "yes");
        foreach (string file in args.Skip(1)) {
            var config = new TrustConfig(args[0], file);
            string root = Path.Combine(Path.GetTempPath(), "trustc-mono-" + Guid.NewGuid().ToString("N")), said;

            Directory.CreateDirectory(root);
            try {
                said = "ok     " + file + ": " + config.Check(root);
            } catch (Exception problem) {
                failed++;
                said = "FAILED " + file + ": " + Said(problem).Replace(root + Path.DirectorySeparatorChar, "");
            } finally {
                Directory.Delete(root, true);
            }
            Console.WriteLine(said);
            foreach (var note in config.notes)
                Console.WriteLine("         in the copy that Mono read: {0}{1}", note.Key, note.Value > 1 ? " (" + note.Value + " times)" : "");
        }
        return failed > 0 ? 1 : 0;
    }
}
