# Four precompiled headers are shared by all targets: for libraries and for tests, with and without the JSON library, whose
# templates cost every file that includes them half a second. Tests are not optimised, which saves a fifth of a clean build;
# the code under test is. Eight test files are compiled as one, because the headers cost more than the tests do.
find_package(GTest REQUIRED)
find_package(Threads REQUIRED)
find_package(nlohmann_json REQUIRED)
set(FIT_PCH_SOURCE "${CMAKE_BINARY_DIR}/generated/pch.cc")
file(CONFIGURE OUTPUT "${FIT_PCH_SOURCE}" CONTENT "// Carries the precompiled header.\n")

function(fit_pch name)
  cmake_parse_arguments(ARG "" "" "HEADERS;LIBS;OPTIONS" ${ARGN})
  add_library(${name} OBJECT "${FIT_PCH_SOURCE}")
  target_link_libraries(${name} PRIVATE Threads::Threads ${ARG_LIBS})
  target_compile_options(${name} PRIVATE ${ARG_OPTIONS})
  target_precompile_headers(${name} PRIVATE "${CMAKE_SOURCE_DIR}/cmake/pch.h" ${ARG_HEADERS})
endfunction()

fit_pch(fit_pch)
fit_pch(fit_json_pch HEADERS <nlohmann/json.hpp> LIBS nlohmann_json::nlohmann_json)
fit_pch(fit_test_pch HEADERS <gtest/gtest.h> LIBS GTest::gmock OPTIONS -O0)
fit_pch(fit_json_test_pch HEADERS <gtest/gtest.h> <nlohmann/json.hpp> LIBS GTest::gmock nlohmann_json::nlohmann_json OPTIONS -O0)

function(fit_reuse_pch target json plain with_json)
  if(json)
    target_precompile_headers(${target} REUSE_FROM ${with_json})
  else()
    target_precompile_headers(${target} REUSE_FROM ${plain})
  endif()
endfunction()

set(FIT_UNITY_FILES "" CACHE STRING "How many files of every target are compiled as one; 1: each by itself")

function(fit_unity target files)
  if(FIT_UNITY_FILES)
    set(files ${FIT_UNITY_FILES})
  endif()
  if(files GREATER 1)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${files})
  endif()
endfunction()

# fit_library(base SOURCES a.cc b.cc DEPENDS fit::x PUBLIC_LIBS lib PRIVATE_LIBS lib [ALONE a.cc] [JSON])
#   makes fit_base with the alias fit::base. Headers are included as "folder/header.h". ALONE: files that are compiled by
#   themselves, because their helpers have the names of other files' helpers. JSON: most files of the library use JSON.
function(fit_library name)
  cmake_parse_arguments(ARG "JSON" "" "SOURCES;ALONE;DEPENDS;PUBLIC_LIBS;PRIVATE_LIBS" ${ARGN})
  add_library(fit_${name} STATIC ${ARG_SOURCES})
  fit_unity(fit_${name} 6)
  set_source_files_properties(${ARG_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  add_library(fit::${name} ALIAS fit_${name})
  target_include_directories(fit_${name} PUBLIC "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(fit_${name} PUBLIC Threads::Threads ${ARG_DEPENDS} ${ARG_PUBLIC_LIBS}
                                    PRIVATE ${ARG_PRIVATE_LIBS})
  fit_reuse_pch(fit_${name} "${ARG_JSON}" fit_pch fit_json_pch)
endfunction()

# The file in which tests/postgres_cluster.py writes the URL of the server that the tests of one ctest run share.
set(FIT_POSTGRES_FILE "${CMAKE_BINARY_DIR}/postgres/server")

# The file in which tests/s3_server.py writes the address and the keys of the S3 server of the run.
set(FIT_S3_FILE "${CMAKE_BINARY_DIR}/s3/server")

# fit_test(base SOURCES a_test.cc DEPENDS fit::base [JSON] [POSTGRES | S3]) makes base_test and registers each of its suites.
#   FIT_SOURCE_DIR is the root of the clone. POSTGRES: cases with "postgres" in their names have a PostgreSQL server, whose
#   URL is in the file FIT_POSTGRES_FILE. S3: those with "s3" have the server in FIT_S3_FILE.
function(fit_test name)
  cmake_parse_arguments(ARG "JSON;POSTGRES;S3" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name}_test ${ARG_SOURCES})
  target_link_libraries(${name}_test PRIVATE ${ARG_DEPENDS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name}_test PRIVATE FIT_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_compile_options(${name}_test PRIVATE -O0)
  fit_unity(${name}_test 8)
  fit_reuse_pch(${name}_test "${ARG_JSON}" fit_test_pch fit_json_test_pch)
  set(server "")
  if(ARG_POSTGRES)
    target_compile_definitions(${name}_test PRIVATE FIT_POSTGRES_FILE="${FIT_POSTGRES_FILE}")
    set(server postgres)
  elseif(ARG_S3)
    target_compile_definitions(${name}_test PRIVATE FIT_S3_FILE="${FIT_S3_FILE}")
    set(server s3)
  endif()
  set(register "${CMAKE_CURRENT_BINARY_DIR}/${name}_register.cmake")
  file(CONFIGURE OUTPUT "${register}" @ONLY CONTENT [[
include("@CMAKE_SOURCE_DIR@/cmake/RegisterSuites.cmake")
register_suites("@CMAKE_CURRENT_BINARY_DIR@/@name@_test" @name@ "@server@" @FIT_TEST_LIMIT_S@
                "@CMAKE_CURRENT_BINARY_DIR@/@name@_suites.cmake")
]])
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${register}")
endfunction()
