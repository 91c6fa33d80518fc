# Two Debian packages, by cpack: `tunnelkeyd` is what Install.cmake installs, and what Debian wants besides;
# `tunnelkeyd-simulator` is the simulator. A component is called as its package.
# cmake/package/ has the maintainer scripts, and stage.cmake, which puts the installed files where Debian wants them.

# No debug information, so that nothing of the folder where it was built is in the programs: not in the build id either.
target_link_options(tunnelkeyd PRIVATE -Wl,--strip-all -Wl,--build-id=sha1)
target_link_options(tunnelkeyd-simulator PRIVATE -Wl,--strip-all -Wl,--build-id=sha1)

install(FILES config/config.yaml DESTINATION "${CMAKE_INSTALL_FULL_SYSCONFDIR}/tunnelkeyd")
install(TARGETS tunnelkeyd-simulator RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT tunnelkeyd-simulator)
foreach(COMPONENT tunnelkeyd tunnelkeyd-simulator)
  install(FILES cmake/package/copyright DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/${COMPONENT}" COMPONENT ${COMPONENT})
endforeach()
install(FILES cmake/package/tunnelkeyd-simulator.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT tunnelkeyd-simulator)

# After removal no file of the package tells which units there were.
list(JOIN TUNNELKEYD_UNITS " " UNITS)
foreach(SCRIPT postinst prerm postrm)
  configure_file("cmake/package/${SCRIPT}.in" "${CMAKE_BINARY_DIR}/control/${SCRIPT}" @ONLY
    FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endforeach()
file(WRITE "${CMAKE_BINARY_DIR}/control/conffiles" "/etc/tunnelkeyd/config.yaml\n")

set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL tunnelkeyd tunnelkeyd-simulator)
set(CPACK_PRE_BUILD_SCRIPTS "${CMAKE_SOURCE_DIR}/cmake/package/stage.cmake")

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The maintainers of tunnelkeyd <maintainers@tunnelkeyd.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # each package says its own in its description's first line
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_TUNNELKEYD_PACKAGE_NAME tunnelkeyd)
set(CPACK_DEBIAN_TUNNELKEYD_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_TUNNELKEYD_DESCRIPTION
"${PROJECT_DESCRIPTION}
It asks Atlassian's cloud for a new key and gives it to a self-managed Jira,
Confluence, Bitbucket or Bamboo, on a schedule, tunnel by tunnel. A new key is
on disk, sealed, before anything else happens to it; killed at any moment, the
daemon goes on where it was.
.
After the installation it runs, and rotates nothing until tunnels are written
into /etc/tunnelkeyd/config.yaml.")
# Peers are trusted by the system's trust store, and the user is made by systemd-sysusers.
set(CPACK_DEBIAN_TUNNELKEYD_PACKAGE_DEPENDS "ca-certificates, systemd | systemd-standalone-sysusers | systemd-sysusers")
set(CPACK_DEBIAN_TUNNELKEYD_PACKAGE_SUGGESTS "prometheus, tunnelkeyd-simulator")
set(CPACK_DEBIAN_TUNNELKEYD_PACKAGE_CONTROL_EXTRA
    "${CMAKE_BINARY_DIR}/control/postinst" "${CMAKE_BINARY_DIR}/control/prerm" "${CMAKE_BINARY_DIR}/control/postrm"
    "${CMAKE_BINARY_DIR}/control/conffiles")

set(CPACK_DEBIAN_TUNNELKEYD-SIMULATOR_PACKAGE_NAME tunnelkeyd-simulator)
set(CPACK_DEBIAN_TUNNELKEYD-SIMULATOR_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_TUNNELKEYD-SIMULATOR_DESCRIPTION
"Simulates what tunnelkeyd talks to, for trying it on one machine
Atlassian's admin API and any number of self-managed instances, with faults on
demand, on loopback and with certificates of its own.")
include(CPack)
