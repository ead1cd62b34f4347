# What every target of this project is built with: an interface target, never global flags.
include_guard()

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_EXPORT_COMPILE_COMMANDS ${PROJECT_IS_TOP_LEVEL})

find_package(Threads REQUIRED)

add_library(rapt_settings INTERFACE)
target_compile_features(rapt_settings INTERFACE cxx_std_20)
target_compile_options(rapt_settings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wno-psabi)
if(RAPT_SANITIZE)
  target_compile_options(rapt_settings INTERFACE -fsanitize=${RAPT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(rapt_settings INTERFACE -fsanitize=${RAPT_SANITIZE})
endif()
