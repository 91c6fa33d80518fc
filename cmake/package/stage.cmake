# Run by cpack before it packs: what lies in the folders of the components as `cmake --install` put it goes where Debian wants it.
# cpack gives each file the time of the commit ($SOURCE_DATE_EPOCH): the same sources make the same packages.

if("$ENV{SOURCE_DATE_EPOCH}" STREQUAL "")
  message(FATAL_ERROR "SOURCE_DATE_EPOCH is not set: use script/package")
endif()
set(STAGE "${CPACK_TEMPORARY_INSTALL_DIRECTORY}")
set(DAEMON "${STAGE}/tunnelkeyd")
set(DOC "${DAEMON}/usr/share/doc/tunnelkeyd")

file(MAKE_DIRECTORY "${DAEMON}/lib")
file(RENAME "${DAEMON}/usr/lib/systemd" "${DAEMON}/lib/systemd")
file(REMOVE "${DOC}/LICENSE")  # the file copyright says where every Debian has it

# Debian's own changelog has the version and the date, and the user's has what changed.
string(TIMESTAMP DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
foreach(PACKAGE tunnelkeyd tunnelkeyd-simulator)
  file(WRITE "${STAGE}/${PACKAGE}/usr/share/doc/${PACKAGE}/changelog"
    "${PACKAGE} (${CPACK_PACKAGE_VERSION}) stable; urgency=medium\n\n"
    "  * What changed is in CHANGELOG.md of the package tunnelkeyd.\n\n"
    " -- ${CPACK_DEBIAN_PACKAGE_MAINTAINER}  ${DATE}\n")
endforeach()

file(GLOB_RECURSE COMPRESSED "${STAGE}/*/usr/share/man/*.[18]" "${STAGE}/*/usr/share/doc/*/changelog")
execute_process(COMMAND gzip -9n ${COMPRESSED} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND chmod -R u=rwX,go=rX "${STAGE}" COMMAND_ERROR_IS_FATAL ANY)
