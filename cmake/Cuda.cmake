# RAPT_CUDA: is there a CUDA toolkit, and what becomes of it? RAPT_CUDA_STATUS says so, in the configure summary.
include_guard()

if(NOT RAPT_CUDA MATCHES "^(AUTO|ON|OFF)$")
  message(FATAL_ERROR "RAPT_CUDA is '${RAPT_CUDA}': say AUTO, ON or OFF.")
endif()

if(RAPT_CUDA STREQUAL "OFF")
  set(RAPT_CUDA_STATUS "left out (RAPT_CUDA=OFF)")
  return()
endif()

find_program(RAPT_NVCC nvcc HINTS ENV CUDACXX ENV CUDA_PATH PATHS /usr/local/cuda PATH_SUFFIXES bin DOC "The CUDA compiler")
if(RAPT_NVCC)
  set(RAPT_CUDA_STATUS "none in this version; ${RAPT_NVCC} found, nothing uses it yet")
else()
  set(RAPT_CUDA_STATUS "none in this version; no nvcc found")
endif()

if(RAPT_CUDA STREQUAL "ON")
  if(NOT RAPT_NVCC)
    message(FATAL_ERROR "RAPT_CUDA=ON, but there is no nvcc: install a CUDA toolkit, put nvcc on PATH or set RAPT_NVCC; or say RAPT_CUDA=AUTO.")
  endif()
  message(WARNING "RAPT_CUDA=ON: Rapt ${PROJECT_VERSION} has no CUDA engine yet. ${RAPT_NVCC} was found; the build is the CPU build.")
endif()
