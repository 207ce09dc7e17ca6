# fit_library(base SOURCES a.cc b.cc DEPENDS fit::x PUBLIC_LIBS lib PRIVATE_LIBS lib)
#   makes fit_base with the alias fit::base. Headers are found as "folder/header.h".
function(fit_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PUBLIC_LIBS;PRIVATE_LIBS" ${ARGN})
  add_library(fit_${name} STATIC ${ARG_SOURCES})
  add_library(fit::${name} ALIAS fit_${name})
  target_include_directories(fit_${name} PUBLIC "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(fit_${name} PUBLIC Threads::Threads ${ARG_DEPENDS} ${ARG_PUBLIC_LIBS}
                                    PRIVATE ${ARG_PRIVATE_LIBS})
  target_precompile_headers(fit_${name} PRIVATE "${CMAKE_SOURCE_DIR}/cmake/pch.h")
endfunction()

# fit_test(base SOURCES a_test.cc DEPENDS fit::base) makes base_test and registers each of its cases.
# DATA_DIR, seen by tests as FIT_SOURCE_DIR, is the root of the clone.
function(fit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  find_package(GTest REQUIRED)
  include(GoogleTest)
  add_executable(${name}_test ${ARG_SOURCES})
  target_link_libraries(${name}_test PRIVATE ${ARG_DEPENDS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name}_test PRIVATE FIT_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_precompile_headers(${name}_test PRIVATE "${CMAKE_SOURCE_DIR}/cmake/pch.h" <gtest/gtest.h>)
  gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST TEST_PREFIX "${name}/" PROPERTIES TIMEOUT 300)
endfunction()
