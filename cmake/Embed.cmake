# Writes a C file that holds the bytes of files, for what a program carries with it. Run as a script, at build time:
#
#   cmake -DOUTPUT=FILE.c -DINPUTS=a.trust|b.trust -DHEADER=api/stdlib_data.h -DTYPE=tc_stdlib_file -DPREFIX=tc_stdlib
#         -P Embed.cmake
#
# HEADER declares struct TYPE {name, text, len}, PREFIX_files[] and PREFIX_file_count. The same bytes give the same
# output, whatever directory they lie in. INPUTS is separated by `|` because a `;` does not survive every generator.

foreach(variable OUTPUT INPUTS HEADER TYPE PREFIX)
  if(NOT DEFINED ${variable} OR "${${variable}}" STREQUAL "")
    message(FATAL_ERROR "Embed.cmake: ${variable} is not set")
  endif()
endforeach()
string(REPLACE "|" ";" inputs "${INPUTS}")

set(arrays "")
set(rows "")
set(index 0)
foreach(input IN LISTS inputs)
  get_filename_component(name "${input}" NAME)
  file(READ "${input}" hex HEX)
  # Sixteen bytes to a line; two NULs behind the last, on a line of their own.
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REPEAT "....." 16 line)
  string(REGEX REPLACE "(${line})" "\\1\n" bytes "${bytes}")
  string(APPEND arrays "static const unsigned char text_${index}[] = { /* ${name} */\n${bytes}\n0x00,0x00};\n\n")
  string(APPEND rows "    {\"${name}\", (const char *)text_${index}, sizeof text_${index} - 2},\n")
  math(EXPR index "${index} + 1")
endforeach()

file(WRITE "${OUTPUT}" "/* Made by cmake/Embed.cmake. */
#include \"${HEADER}\"

${arrays}const struct ${TYPE} ${PREFIX}_files[] = {
${rows}};
const size_t ${PREFIX}_file_count = sizeof ${PREFIX}_files / sizeof ${PREFIX}_files[0];
")
