# The precompiled headers are compiled twice, for libraries and for tests, and shared by all targets.
set(FIT_PCH_SOURCE "${CMAKE_BINARY_DIR}/generated/pch.cc")
file(CONFIGURE OUTPUT "${FIT_PCH_SOURCE}" CONTENT "// Carries the precompiled header.\n")
find_package(GTest REQUIRED)
find_package(Threads REQUIRED)
include(GoogleTest)
add_library(fit_pch OBJECT "${FIT_PCH_SOURCE}")
target_link_libraries(fit_pch PRIVATE Threads::Threads)
target_precompile_headers(fit_pch PRIVATE "${CMAKE_SOURCE_DIR}/cmake/pch.h")
add_library(fit_test_pch OBJECT "${FIT_PCH_SOURCE}")
target_link_libraries(fit_test_pch PRIVATE Threads::Threads GTest::gmock)
# Tests are compiled once and run once: not optimising them saves a fifth of a clean build. What they test is.
target_compile_options(fit_test_pch PRIVATE -O0)
target_precompile_headers(fit_test_pch PRIVATE "${CMAKE_SOURCE_DIR}/cmake/pch.h" <gtest/gtest.h>)

# fit_library(base SOURCES a.cc b.cc DEPENDS fit::x PUBLIC_LIBS lib PRIVATE_LIBS lib)
#   makes fit_base with the alias fit::base. Headers are found as "folder/header.h".
function(fit_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PUBLIC_LIBS;PRIVATE_LIBS" ${ARGN})
  add_library(fit_${name} STATIC ${ARG_SOURCES})
  add_library(fit::${name} ALIAS fit_${name})
  target_include_directories(fit_${name} PUBLIC "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(fit_${name} PUBLIC Threads::Threads ${ARG_DEPENDS} ${ARG_PUBLIC_LIBS}
                                    PRIVATE ${ARG_PRIVATE_LIBS})
  target_precompile_headers(fit_${name} REUSE_FROM fit_pch)
endfunction()

# fit_test(base SOURCES a_test.cc DEPENDS fit::base) makes base_test and registers each of its cases.
#   Tests see the root of the clone as FIT_SOURCE_DIR.
function(fit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name}_test ${ARG_SOURCES})
  target_link_libraries(${name}_test PRIVATE ${ARG_DEPENDS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name}_test PRIVATE FIT_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_compile_options(${name}_test PRIVATE -O0)
  target_precompile_headers(${name}_test REUSE_FROM fit_test_pch)
  gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES TEST_PREFIX "${name}/" PROPERTIES TIMEOUT 300)
endfunction()
