# What every target of this project is built with: an interface target, never global flags.
include_guard()

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
endif()
set(CMAKE_EXPORT_COMPILE_COMMANDS ${PROJECT_IS_TOP_LEVEL})

add_library(rapt_settings INTERFACE)
target_compile_features(rapt_settings INTERFACE cxx_std_20)
target_compile_options(rapt_settings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wno-psabi)
if(RAPT_SANITIZE)
  target_compile_options(rapt_settings INTERFACE -fsanitize=${RAPT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(rapt_settings INTERFACE -fsanitize=${RAPT_SANITIZE})
endif()
if(RAPT_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "RAPT_FUZZ=ON needs clang's libFuzzer: use the preset fuzz, or set CMAKE_CXX_COMPILER=clang++.")
  endif()
  target_compile_options(rapt_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()

# For the program and the tests, where nothing is hot: at -O1 they compile in half the time.
add_library(rapt_cool_settings INTERFACE)
target_link_libraries(rapt_cool_settings INTERFACE rapt_settings)
target_compile_options(rapt_cool_settings INTERFACE $<$<CONFIG:Release>:-O1>)
