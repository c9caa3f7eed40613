# Functions that declare Daftar's targets. One target per folder of engine/: daftar_<folder>.

# Compiler settings shared by everything of ours; never reach a consumer.
add_library(daftar_settings INTERFACE)
target_compile_options(daftar_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror=unused-result
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
  # GCC 12 sees overlapping copies in std::string's own assignment (GCC bug 105329).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
  $<$<BOOL:${DAFTAR_WERROR}>:-Werror>)
if(DAFTAR_SANITIZE)
  target_compile_options(daftar_settings INTERFACE
    -fsanitize=${DAFTAR_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(daftar_settings INTERFACE -fsanitize=${DAFTAR_SANITIZE})
endif()

# daftar_layer(<folder> SOURCES a.cc… [PUBLIC targets…] [PRIVATE targets…]): a layer of the engine.
# Third-party targets are imported ones, so their headers are SYSTEM includes.
function(daftar_layer folder)
  cmake_parse_arguments(LAYER "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(daftar_${folder} STATIC ${LAYER_SOURCES})
  add_library(daftar::${folder} ALIAS daftar_${folder})
  target_include_directories(daftar_${folder} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/engine/include>
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/engine>)
  target_link_libraries(daftar_${folder}
    PUBLIC ${LAYER_PUBLIC}
    PRIVATE $<BUILD_INTERFACE:daftar_settings> ${LAYER_PRIVATE})
  set_property(GLOBAL APPEND PROPERTY DAFTAR_LAYERS daftar_${folder})
endfunction()

# daftar_test(<folder> SOURCES a.cc… LINK targets…): the Catch2 tests of one folder, each test case
# registered with CTest.
function(daftar_test folder)
  cmake_parse_arguments(TEST "" "" "SOURCES;LINK" ${ARGN})
  add_executable(daftar_${folder}_test ${TEST_SOURCES})
  target_include_directories(daftar_${folder}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(daftar_${folder}_test PRIVATE
    DAFTAR_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(daftar_${folder}_test PRIVATE
    ${TEST_LINK} daftar_test_support daftar_settings Catch2::Catch2WithMain)
  catch_discover_tests(daftar_${folder}_test TEST_PREFIX "${folder}/" DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS ${folder} TIMEOUT 600)
endfunction()
