# Warnings, sanitizers and hardening for our own code. Generated scanners and parsers get their own, laxer set.

set(TRUSTC_WARNINGS
    -Wall -Wextra -Wshadow -Wcast-qual -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes
    -Wwrite-strings -Wformat=2 -Wvla -Wundef)
if(TRUSTC_WERROR)
  list(APPEND TRUSTC_WARNINGS -Werror)
endif()

if(TRUSTC_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_options(-fstack-protector-strong -D_FORTIFY_SOURCE=2)
  add_link_options(-Wl,-z,relro -Wl,-z,now)
endif()

# Same bytes from any directory.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)

# trustc_layer(NAME SOURCES… DEPENDS…): one static library per folder of compiler/, seeing only the layers it names.
function(trustc_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(tc_${name} STATIC ${LAYER_SOURCES})
  target_include_directories(tc_${name} PUBLIC ${PROJECT_SOURCE_DIR}/compiler)
  target_compile_options(tc_${name} PRIVATE ${TRUSTC_WARNINGS})
  foreach(dependency ${LAYER_DEPENDS})
    target_link_libraries(tc_${name} PUBLIC ${dependency})
  endforeach()
endfunction()
