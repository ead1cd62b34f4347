# What librapt itself links. GLOBAL, so that a project which adds this one with add_subdirectory can link rapt::static.
include_guard()

find_package(Threads REQUIRED GLOBAL)
find_package(hwy 1.0 CONFIG QUIET GLOBAL)
if(NOT hwy_FOUND)
  message(FATAL_ERROR "Rapt needs Google Highway 1.0 or newer (the CMake package hwy), which was not found. "
                      "On Debian 12 run cmake/install-deps; elsewhere install it, or set hwy_DIR.")
endif()
