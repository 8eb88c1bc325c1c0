# The programs that need a GPU to run: each file a program of its own, with the library's objects linked in.

function(add_program folder file)
  get_filename_component(name ${file} NAME_WE)
  set(target ${folder}_${name})
  set_source_files_properties(${file} PROPERTIES LANGUAGE CUDA)
  add_executable(${target} ${file})
  target_link_libraries(${target} PRIVATE verbatim_cuda_objects)
  # GCC 12 warns of an overlap inside its own std::string (GCC bug 105651).
  target_compile_options(${target} PRIVATE -Xcompiler=-Wno-restrict)
  set_target_properties(
    ${target} PROPERTIES OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/programs/${folder})
endfunction()

set(test_list ${repository}/tests/cuda/gpu-programs.txt)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${test_list})
file(STRINGS ${test_list} tests REGEX "^[a-z_]+:")
list(TRANSFORM tests REPLACE ":.*" "")
list(REMOVE_DUPLICATES tests)
foreach(test IN LISTS tests)
  add_program(tests ${repository}/tests/cuda/programs/${test}.cpp)
endforeach()

file(GLOB benchmarks CONFIGURE_DEPENDS ${repository}/bench/cuda/*.cu)
foreach(benchmark IN LISTS benchmarks)
  add_program(bench ${benchmark})
endforeach()
