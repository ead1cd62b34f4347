# What `cmake --install` writes, in three components: runtime (the shared library), dev (headers, static library, CMake and
# pkg-config files) and program. Package.cmake makes a .deb of each.
include_guard()
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/rapt)

install(TARGETS rapt EXPORT rapt_shared
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT dev
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS rapt_static EXPORT rapt_static
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/host/include/rapt DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev
        FILES_MATCHING PATTERN *.h PATTERN *.hpp)
if(RAPT_PROGRAM)
  install(TARGETS rapt_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
endif()

# One export set a library, since only the static one drags its dependencies along.
foreach(library shared static)
  install(EXPORT rapt_${library} NAMESPACE rapt:: FILE rapt-${library}.cmake DESTINATION ${config_dir} COMPONENT dev)
endforeach()
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/rapt-config.cmake.in ${PROJECT_BINARY_DIR}/rapt-config.cmake
                              INSTALL_DESTINATION ${config_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/rapt-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/rapt-config.cmake ${PROJECT_BINARY_DIR}/rapt-config-version.cmake
        DESTINATION ${config_dir} COMPONENT dev)

# The prefix is found from the place of rapt.pc, so that an installed tree may be moved.
file(RELATIVE_PATH RAPT_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_CURRENT_LIST_DIR}/rapt.pc.in ${PROJECT_BINARY_DIR}/rapt.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/rapt.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)

if(PROJECT_IS_TOP_LEVEL)
  include(Package)
endif()
