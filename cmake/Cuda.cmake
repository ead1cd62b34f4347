# RAPT_CUDA: is there a CUDA toolkit, and what becomes of it? RAPT_CUDA_STATUS says so, in the configure summary.
include_guard()

if(NOT RAPT_CUDA MATCHES "^(AUTO|ON|OFF)$")
  message(FATAL_ERROR "RAPT_CUDA is '${RAPT_CUDA}': say AUTO, ON or OFF.")
endif()

if(RAPT_CUDA STREQUAL "OFF")
  set(RAPT_CUDA_STATUS "left out (RAPT_CUDA=OFF)")
  return()
endif()

find_package(CUDAToolkit QUIET)
if(CUDAToolkit_FOUND)
  set(RAPT_CUDA_STATUS "none in this version; toolkit ${CUDAToolkit_VERSION} found, nothing uses it yet")
else()
  set(RAPT_CUDA_STATUS "none in this version; no toolkit found")
endif()

if(RAPT_CUDA STREQUAL "ON")
  if(NOT CUDAToolkit_FOUND)
    message(FATAL_ERROR "RAPT_CUDA=ON, but no CUDA toolkit was found: put nvcc on PATH or set CUDAToolkit_ROOT, or say RAPT_CUDA=AUTO.")
  endif()
  message(WARNING "RAPT_CUDA=ON: Rapt ${PROJECT_VERSION} has no CUDA engine yet. The toolkit was found; the build is the CPU build.")
endif()
