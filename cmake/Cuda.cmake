# RAPT_CUDA: is there a CUDA toolkit, and what becomes of it? RAPT_CUDA_STATUS says so, in the configure summary.
include_guard()

if(NOT RAPT_CUDA MATCHES "^(AUTO|ON|OFF)$")
  message(FATAL_ERROR "RAPT_CUDA is '${RAPT_CUDA}': say AUTO, ON or OFF.")
endif()

# Tests look at what nvcc makes of the kernels even in builds that leave the engine out.
find_program(RAPT_NVCC nvcc HINTS ENV CUDACXX ENV CUDA_PATH PATHS /usr/local/cuda PATH_SUFFIXES bin DOC "The CUDA compiler")

if(RAPT_CUDA STREQUAL "OFF")
  set(RAPT_CUDA_STATUS "left out (RAPT_CUDA=OFF)")
  return()
endif()

if(NOT RAPT_NVCC)
  if(RAPT_CUDA STREQUAL "ON")
    message(FATAL_ERROR "RAPT_CUDA=ON, but there is no nvcc: install a CUDA toolkit, put nvcc on PATH or set RAPT_NVCC; or say RAPT_CUDA=AUTO.")
  endif()
  set(RAPT_CUDA_STATUS "left out: no nvcc found")
  return()
endif()

# Which architectures a kernel is compiled for is said where it is compiled (host/cuda). Whoever adds this project to another keeps theirs.
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES OFF)
endif()
set(CMAKE_CUDA_COMPILER ${RAPT_NVCC} CACHE FILEPATH "The CUDA compiler")
enable_language(CUDA)
find_package(CUDAToolkit 12.4 REQUIRED GLOBAL)
set(RAPT_HAS_CUDA TRUE)
set(RAPT_CUDA_STATUS "sm_80 and newer, sm_90a; nvcc ${CMAKE_CUDA_COMPILER_VERSION}")
