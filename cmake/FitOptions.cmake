# Compiler settings shared by every target.
option(FIT_WERROR "Treat warnings as errors" ON)
set(FIT_SANITIZE "" CACHE STRING "Sanitizers, comma-separated (address,undefined or thread)")

# The target is baseline x86-64 or arm64. SIMD kernels are chosen at run time, so -march=native is not used.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                    -Wnull-dereference -Wimplicit-fallthrough)
# Only some libraries require it, but a precompiled header can only be shared if all targets have it.
add_compile_options(-pthread)
if(FIT_WERROR)
  add_compile_options(-Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 14 reports these inside the standard library and inlined third-party headers.
  add_compile_options(-Wno-null-dereference -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow)
  # GCC takes a source that is compiled together with others for a header.
  add_compile_options(-Wno-subobject-linkage)
  # Lets ccache read precompiled headers.
  add_compile_options(-fpch-preprocess)
endif()
# The factor of the tests' time limits: programs under a sanitizer are slow.
set(FIT_PATIENCE 1)
if(FIT_SANITIZE MATCHES "thread")
  set(FIT_PATIENCE 10)
elseif(FIT_SANITIZE)
  set(FIT_PATIENCE 4)
endif()
math(EXPR FIT_TEST_LIMIT_S "300 * ${FIT_PATIENCE}")
math(EXPR FIT_API_LIMIT_S "600 * ${FIT_PATIENCE}")
if(FIT_SANITIZE)
  # Little optimisation and only line numbers halve the build time; reports have the same content.
  add_compile_options(-fsanitize=${FIT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -O1 -g1)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
  add_link_options(-fsanitize=${FIT_SANITIZE})
endif()

find_program(FIT_CCACHE ccache)
if(FIT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${FIT_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${FIT_CCACHE}")
endif()
