# Sets CMAKE_CUDA_ARCHITECTURES: machine code for each architecture, and PTX of the newest one for those to come. It is
# read before CUDA is enabled, since CMake would otherwise choose a default of its own.

# Turing, Ampere (server, desktop), Ada, Hopper, Blackwell (server, desktop).
set(supported 75 80 86 89 90 100 120)

if(NOT CMAKE_CUDA_COMPILER)
  find_program(nvcc NAMES $ENV{CUDACXX} nvcc)
  if(NOT nvcc)
    message(FATAL_ERROR "nvcc was not found: install the CUDA toolkit and put nvcc on PATH, or name it in CUDACXX")
  endif()
  set(CMAKE_CUDA_COMPILER ${nvcc})
endif()

set(chosen "${VBT_ARCHITECTURES}")
if(NOT chosen)
  set(chosen "$ENV{VBT_ARCHITECTURES}")
endif()
string(REPLACE "," ";" chosen "${chosen}")
if(NOT chosen)
  execute_process(
    COMMAND ${CMAKE_CUDA_COMPILER} --list-gpu-code
    OUTPUT_VARIABLE known
    COMMAND_ERROR_IS_FATAL ANY)
  foreach(architecture IN LISTS supported)
    if(known MATCHES "sm_${architecture}[ \r\n]")
      list(APPEND chosen ${architecture})
    endif()
  endforeach()
endif()
if(NOT chosen)
  message(FATAL_ERROR "${CMAKE_CUDA_COMPILER} knows none of the architectures ${supported}")
endif()

list(GET chosen -1 newest)
list(TRANSFORM chosen APPEND -real OUTPUT_VARIABLE CMAKE_CUDA_ARCHITECTURES)
list(APPEND CMAKE_CUDA_ARCHITECTURES ${newest}-virtual)
message(STATUS "CUDA architectures: ${CMAKE_CUDA_ARCHITECTURES}")
