/* Flags of Security and Reflection: most of them are ways out of the sandbox. */
#include "check/grants.h"

struct flag_rule {
    enum tc_check_id id;
    const char *flag;
    const char *what; /* what code may do with it, behind "'FLAG' lets code " */
    const char *help;
};

static const struct flag_rule security_rules[] = {
    {TC_CHECK_UNMANAGED_CODE, "UnmanagedCode", "call native code, which nobody checks",
     "move the code that needs it into an assembly with a strong name and a code group of its own"},
    {TC_CHECK_SKIP_VERIFICATION, "SkipVerification",
     "contain instructions that nobody verifies, and so reach any memory of the process",
     "verifiable code does not need it: compile without /unsafe"},
    {TC_CHECK_CONTROL_EVIDENCE, "ControlEvidence",
     "load assemblies with evidence of its own making, and so be granted what it likes",
     "no page needs it; a loader of plug-ins belongs in a fully trusted assembly"},
    {TC_CHECK_CONTROL_POLICY, "ControlPolicy", "change the security policy that holds it",
     "policy is changed by administrators, not by the application"},
    {TC_CHECK_CONTROL_DOMAIN_POLICY, "ControlDomainPolicy",
     "give application domains that it makes a policy of its own",
     "no page needs it; what isolates plug-ins belongs in a fully trusted assembly"},
    {TC_CHECK_CONTROL_APP_DOMAIN, "ControlAppDomain",
     "make, change and unload application domains, those of its neighbours in the process included",
     "no page needs it; what isolates plug-ins belongs in a fully trusted assembly"},
    {TC_CHECK_ASSERTION, "Assertion",
     "vouch for callers that have less: what it is granted, everybody who can call it gets",
     "leave it to the assemblies that check their callers, in a set of their own"},
    {TC_CHECK_SERIALIZATION_FORMATTER, "SerializationFormatter",
     "make objects of any type with any content, past their constructors and checks",
     "DataContractSerializer and XmlSerializer do without it"},
    {TC_CHECK_CONTROL_PRINCIPAL, "ControlPrincipal", "say who the user is, and pass for any other",
     "authentication modules need it; put them into an assembly and a set of their own"},
    {TC_CHECK_INFRASTRUCTURE, "Infrastructure",
     "put itself between the parts of the runtime, and see what passes there", "remoting sinks need it, pages do not"},
    {TC_CHECK_BINDING_REDIRECTS, "BindingRedirects", "have other versions of assemblies loaded than were asked for",
     "redirect in the web.config instead: that needs no permission"},
};

static const struct flag_rule reflection_rules[] = {
    {TC_CHECK_MEMBER_ACCESS, "MemberAccess", "call private members of any type, the framework's own included",
     "for types of the application itself RestrictedMemberAccess is enough"},
    {TC_CHECK_REFLECTION_EMIT, "ReflectionEmit", "make new code while it runs, and save it",
     "since 2.0 SP1 code that is made and run in memory needs no permission"},
};

static bool
has(const struct tc_perm *perm, const char *flag, uint64_t *ret_bit)
{
    const struct tc_enum_value *value;

    if (perm == NULL)
        return false;
    value = tc_enum_find(tc_enum(perm->cls->fields[0].values), tc_str_of(flag));
    *ret_bit = (uint64_t)value->value;
    return tc_perm_has_flags(perm, 0, *ret_bit);
}

static void
check_flags(struct tc_grants *g, enum tc_class_id id, const struct flag_rule *rules, size_t count)
{
    const struct tc_perm *base, *perm = tc_grants_news(g, id, &base);

    for (size_t i = 0; perm != NULL && i < count; i++) {
        struct tc_span span;
        struct tc_diag *diag;
        uint64_t bit;
        bool exact;

        if (!has(perm, rules[i].flag, &bit) || has(base, rules[i].flag, &bit))
            continue;
        span = tc_grants_name(g, perm, 0, rules[i].flag, &exact);
        diag = tc_grants_report(g, rules[i].id, id, span, "'%s' lets code %s", rules[i].flag, rules[i].what);
        tc_diag_help(g->check->diags, diag, "%s", rules[i].help);
        if (exact)
            tc_grants_remove_name(g, diag, span, "NoFlags");
    }
}

/* One finding for a permission with all its flags. True when there is one. */
static bool
check_unrestricted(struct tc_grants *g, enum tc_class_id cls, enum tc_check_id id, const char *what, const char *help)
{
    const struct tc_perm *base, *perm = tc_grants_news(g, cls, &base);
    struct tc_diag *diag;

    if (perm == NULL || !perm->unrestricted)
        return false;
    diag = tc_grants_report(g, id, cls, tc_grants_unrestricted(g, perm), "%s", what);
    tc_diag_help(g->check->diags, diag, "%s", help);
    return true;
}

void
tc_grants_flags(struct tc_grants *g)
{
    if (!check_unrestricted(g, TC_CLASS_SECURITY, TC_CHECK_SECURITY_UNRESTRICTED,
                            "this is full trust under another name: native code, unverifiable code, evidence and "
                            "policy, all at once",
                            "name the flags that the code needs; a page needs Execution"))
        check_flags(g, TC_CLASS_SECURITY, security_rules, sizeof security_rules / sizeof *security_rules);
    if (!check_unrestricted(g, TC_CLASS_REFLECTION, TC_CHECK_REFLECTION_UNRESTRICTED,
                            "this lets code call private members of any type, and make new code while it runs",
                            "public types and members need no permission; for private ones of its own types "
                            "RestrictedMemberAccess is enough"))
        check_flags(g, TC_CLASS_REFLECTION, reflection_rules, sizeof reflection_rules / sizeof *reflection_rules);
}
