# What `cmake --install BUILD [--prefix PREFIX]` puts where. A package installs to /usr.
include(GNUInstallDirs)

install(TARGETS tunnelkeyd RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(FILES systemd/tunnelkeyd.sysusers.conf DESTINATION lib/sysusers.d RENAME tunnelkeyd.conf)
install(FILES config/config.example.yaml DESTINATION "${CMAKE_INSTALL_DOCDIR}/examples")
install(FILES config/config.schema.json DESTINATION "${CMAKE_INSTALL_DATADIR}/tunnelkeyd")
install(FILES README.md LICENSE CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
file(GLOB PAGES CONFIGURE_DEPENDS docs/*.md)  # beside the README as in the sources, so that its links hold
install(FILES ${PAGES} DESTINATION "${CMAKE_INSTALL_DOCDIR}/docs")

# The unit names the program and its documentation by their paths, and so do the alarms. Only now is it known which those are.
set(PATHS_CODE [[
  cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_PREFIX NORMALIZE OUTPUT_VARIABLE PREFIX)
  cmake_path(ABSOLUTE_PATH BINDIR BASE_DIRECTORY "${PREFIX}" NORMALIZE)
  cmake_path(ABSOLUTE_PATH DOCDIR BASE_DIRECTORY "${PREFIX}" NORMALIZE)
  cmake_path(ABSOLUTE_PATH DATADIR BASE_DIRECTORY "${PREFIX}" NORMALIZE)
  file(READ "${SOURCE}/systemd/tunnelkeyd.service" UNIT)
  string(REPLACE "/usr/bin/tunnelkeyd" "${BINDIR}/tunnelkeyd" UNIT "${UNIT}")
  string(REPLACE "/usr/share/doc/tunnelkeyd" "${DOCDIR}" UNIT "${UNIT}")
  file(WRITE "${BINARY}/systemd/tunnelkeyd.service" "${UNIT}")
  file(INSTALL "${BINARY}/systemd/tunnelkeyd.service" DESTINATION "${PREFIX}/lib/systemd/system")
  file(READ "${SOURCE}/config/prometheus/alerts.yaml" ALERTS)
  string(REPLACE "/usr/share/doc/tunnelkeyd" "${DOCDIR}" ALERTS "${ALERTS}")
  string(REPLACE "/usr/share/tunnelkeyd" "${DATADIR}/tunnelkeyd" ALERTS "${ALERTS}")
  file(WRITE "${BINARY}/prometheus/alerts.yaml" "${ALERTS}")
  file(INSTALL "${BINARY}/prometheus/alerts.yaml" DESTINATION "${DATADIR}/tunnelkeyd/prometheus")
]])
install(CODE "
  set(SOURCE [[${CMAKE_SOURCE_DIR}]])
  set(BINARY [[${CMAKE_BINARY_DIR}]])
  set(BINDIR [[${CMAKE_INSTALL_BINDIR}]])
  set(DOCDIR [[${CMAKE_INSTALL_DOCDIR}]])
  set(DATADIR [[${CMAKE_INSTALL_DATADIR}]])
${PATHS_CODE}")
