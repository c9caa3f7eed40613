# Run by CTest; see CMakeLists.txt.
file(REMOVE_RECURSE ${WORK_DIR})
file(MAKE_DIRECTORY ${WORK_DIR})

function(step name)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${name} failed (${result}):\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

step(install ${CMAKE_COMMAND} --install ${BINARY_DIR} --prefix ${WORK_DIR}/prefix)
set(ENV{CMAKE_PREFIX_PATH} "${WORK_DIR}/prefix:${PREFIX_PATH}")
step(configure ${CMAKE_COMMAND} -S ${SOURCE_DIR}/examples/embed -B ${WORK_DIR}/build
  -D CMAKE_CXX_COMPILER=${COMPILER}
  -D "CMAKE_EXE_LINKER_FLAGS=${LINKER_FLAGS}")
step(build ${CMAKE_COMMAND} --build ${WORK_DIR}/build)
step(run ${WORK_DIR}/build/embed ${WORK_DIR}/embed.db)
# README shows this output.
file(READ ${SOURCE_DIR}/examples/embed/output.txt expected)
if(NOT output STREQUAL expected)
  message(FATAL_ERROR "examples/embed printed:\n${output}\ninstead of:\n${expected}")
endif()
