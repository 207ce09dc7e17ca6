# Compiler settings shared by every target.
option(FIT_WERROR "Treat warnings as errors" ON)
set(FIT_SANITIZE "" CACHE STRING "Sanitizers, comma-separated (address,undefined or thread)")

# Plain x86-64 or arm64: SIMD kernels are chosen at run time, so never -march=native.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                    -Wnull-dereference -Wimplicit-fallthrough)
# Some libraries ask for it and some do not; a precompiled header can only be shared if all targets have it.
add_compile_options(-pthread)
if(FIT_WERROR)
  add_compile_options(-Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 14 reports these inside the standard library and inlined third-party headers.
  add_compile_options(-Wno-null-dereference -Wno-maybe-uninitialized)
  # Lets ccache read precompiled headers.
  add_compile_options(-fpch-preprocess)
endif()
if(FIT_SANITIZE)
  add_compile_options(-fsanitize=${FIT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${FIT_SANITIZE})
endif()

find_program(FIT_CCACHE ccache)
if(FIT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${FIT_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${FIT_CCACHE}")
endif()
