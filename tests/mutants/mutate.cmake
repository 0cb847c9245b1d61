# compiler/isolate/verdict.c with a hole: what breaks the rule that tct_removed_rule() names is not reported, as if nobody
# had written it. Only the programs of tests/mutants are linked with the copy.
#
#   cmake -DINPUT=verdict.c -DOUTPUT=mutant.c -P mutate.cmake

file(READ "${INPUT}" text)
set(place "tc_isolation_add(struct tc_isolator *run, const struct tc_way *way)\n{\n")
string(FIND "${text}" "${place}" at)
if(at EQUAL -1)
  message(FATAL_ERROR "mutate.cmake: tc_isolation_add() does not begin in ${INPUT} as it did")
endif()
string(REPLACE "${place}" "${place}    if (way->rule == tct_removed_rule())\n        return;\n" text "${text}")
file(WRITE "${OUTPUT}" "#include \"mutants/removed.h\"\n${text}")
