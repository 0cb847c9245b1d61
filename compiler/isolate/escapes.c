#include "isolate/escapes.h"

static const struct tc_escape escapes[] = {
    {TC_CLASS_SECURITY, "UnmanagedCode", TC_RULE_ESCAPE},
    {TC_CLASS_SECURITY, "SkipVerification", TC_RULE_ESCAPE},
    {TC_CLASS_SECURITY, "ControlEvidence", TC_RULE_ESCAPE},
    {TC_CLASS_SECURITY, "ControlPolicy", TC_RULE_ESCAPE},
    {TC_CLASS_SECURITY, "ControlDomainPolicy", TC_RULE_ESCAPE},
    {TC_CLASS_SECURITY, "ControlAppDomain", TC_RULE_ESCAPE},
    {TC_CLASS_SECURITY, "SerializationFormatter", TC_RULE_ESCAPE},
    {TC_CLASS_REFLECTION, "MemberAccess", TC_RULE_REFLECTION},
};

const struct tc_escape *
tc_escapes(size_t *ret_count)
{
    *ret_count = sizeof escapes / sizeof *escapes;
    return escapes;
}

uint64_t
tc_escape_bit(const struct tc_escape *escape)
{
    const struct tc_enum *flags = tc_enum(tc_class(escape->cls)->fields[0].values);

    return (uint64_t)tc_enum_find(flags, tc_str_of(escape->flag))->value;
}
