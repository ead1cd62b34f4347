# `cpack`: a Debian package for each component. The preset `package` installs below /usr, so that libraries lie where Debian has them.
include_guard()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR "the Rapt authors")
set(CPACK_PACKAGE_CONTACT "the Rapt authors <authors@rapt.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # each package has its own
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")

# rapt_deb(component package section summary): a package, with the copyright and the changelog that Debian expects in it.
macro(rapt_deb component package section summary)
  string(TOUPPER ${component} key)
  list(APPEND CPACK_COMPONENTS_ALL ${component})
  set(CPACK_DEBIAN_${key}_PACKAGE_NAME ${package})
  set(CPACK_DEBIAN_${key}_PACKAGE_SECTION ${section})
  set(CPACK_DEBIAN_${key}_DESCRIPTION "${summary}
O = softmax(scale Q K^T + mask) V as one fused kernel with an online
softmax, for inference engines, and a double-precision reference to check
it against.")
  install(FILES ${PROJECT_SOURCE_DIR}/packaging/copyright ${PROJECT_BINARY_DIR}/changelog.Debian.gz
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${component})
endmacro()

execute_process(COMMAND gzip -9nc ${PROJECT_SOURCE_DIR}/packaging/changelog OUTPUT_FILE ${PROJECT_BINARY_DIR}/changelog.Debian.gz)
set(CPACK_COMPONENTS_ALL "")
rapt_deb(runtime librapt0 libs "fused attention on CPUs, shared library")
rapt_deb(dev librapt-dev libdevel "fused attention on CPUs, development files")
if(RAPT_PROGRAM)
  rapt_deb(program rapt science "fused attention on CPUs, program to run, validate and measure it")
endif()
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/packaging/triggers)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "librapt0 (= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}), libhwy-dev")  # for librapt.a and rapt.pc

include(CPack)
