# SPDX-License-Identifier: GPL-3.0-or-later
# What is installed where, and the Debian package (cpack -G DEB in the build folder).
#   bin/calltide                               the application
#   lib/calltide/python/calltide/              the Python package and its compiled modules, one per Python version
#   share/{applications,mime,metainfo,icons}   how a desktop finds it; dpkg's triggers refresh the caches
include(GNUInstallDirs)
set(CALLTIDE_ID io.github.calltide.Calltide)
set(CALLTIDE_RELEASE_DATE 2026-11-24)
set(linux ${CMAKE_SOURCE_DIR}/installers/linux)
set(generated ${CMAKE_BINARY_DIR}/package)

configure_file(${linux}/${CALLTIDE_ID}.metainfo.xml.in ${generated}/${CALLTIDE_ID}.metainfo.xml @ONLY)
configure_file(${linux}/calltide.1.in ${generated}/calltide.1 @ONLY)

if(TARGET calltide)
    install(TARGETS calltide RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    install(FILES ${linux}/${CALLTIDE_ID}.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
    install(FILES ${linux}/${CALLTIDE_ID}.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/mime/packages)
    install(FILES ${generated}/${CALLTIDE_ID}.metainfo.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/metainfo)
    install(FILES ${CMAKE_SOURCE_DIR}/resources/icons/calltide.svg
        DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps)
    install(FILES ${linux}/application-x-calltide.svg
        DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/mimetypes)
    install(FILES ${linux}/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})

    find_program(CALLTIDE_GZIP gzip REQUIRED)
    add_custom_command(OUTPUT ${generated}/calltide.1.gz ${generated}/changelog.gz
        COMMAND ${CALLTIDE_GZIP} -9nc ${generated}/calltide.1 > ${generated}/calltide.1.gz
        COMMAND ${CALLTIDE_GZIP} -9nc ${linux}/changelog > ${generated}/changelog.gz
        DEPENDS ${generated}/calltide.1 ${linux}/changelog VERBATIM)
    add_custom_target(calltide_documents ALL DEPENDS ${generated}/calltide.1.gz ${generated}/changelog.gz)
    install(FILES ${generated}/calltide.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
    install(FILES ${generated}/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()

# The folder as the build lays it out, modules of all interpreters side by side.
install(DIRECTORY ${CMAKE_BINARY_DIR}/lib/calltide/python DESTINATION lib/calltide
    PATTERN "__pycache__" EXCLUDE PATTERN "*.pyc" EXCLUDE)
install(CODE "
    file(GLOB_RECURSE modules \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/lib/calltide/python/*.so\")
    foreach(module IN LISTS modules)
        file(CHMOD \${module} PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
        execute_process(COMMAND \"${CMAKE_STRIP}\" --strip-unneeded \${module} COMMAND_ERROR_IS_FATAL ANY)
    endforeach()")

set(CPACK_PACKAGE_NAME calltide)
set(CPACK_PACKAGE_VENDOR "The Calltide authors")
set(CPACK_PACKAGE_CONTACT "The Calltide authors <calltide@users.noreply.github.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "trace Python programs and browse every call")
set(CPACK_PACKAGE_DESCRIPTION "Calltide runs a Python program, records every call of it, Python and C, on
every thread and in every child process, and shows them on a timeline and as
a flame graph. The recording survives a crash of the program. It opens traces
in the JSON format of Chrome, VizTracer and Perfetto too, and writes that of
Perfetto.")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
    WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# What dpkg-shlibdeps cannot see: the plugin for SVG icons, and the fonts that the window is drawn with.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libqt6svg6, fonts-inter, fonts-jetbrains-mono")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "qt6-wayland, python3")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
include(CPack)

if(CALLTIDE_TESTS)
    find_program(CALLTIDE_DESKTOP_VALIDATE desktop-file-validate)
    find_program(CALLTIDE_APPSTREAMCLI appstreamcli)
    find_program(CALLTIDE_UPDATE_MIME update-mime-database)
    find_program(CALLTIDE_GIO gio)
    if(CALLTIDE_DESKTOP_VALIDATE)
        add_test(NAME package_desktop_entry COMMAND ${CALLTIDE_DESKTOP_VALIDATE} ${linux}/${CALLTIDE_ID}.desktop)
        set_tests_properties(package_desktop_entry PROPERTIES LABELS package)
    endif()
    if(CALLTIDE_APPSTREAMCLI)
        add_test(NAME package_metainfo
            COMMAND ${CALLTIDE_APPSTREAMCLI} validate --no-net ${generated}/${CALLTIDE_ID}.metainfo.xml)
        set_tests_properties(package_metainfo PROPERTIES LABELS package)
    endif()
    if(CALLTIDE_UPDATE_MIME AND CALLTIDE_GIO)
        add_test(NAME package_mime_types COMMAND ${linux}/check-mime ${linux}/${CALLTIDE_ID}.xml)
        set_tests_properties(package_mime_types PROPERTIES LABELS package TIMEOUT 60)
    endif()
    find_program(CALLTIDE_SHLIBDEPS dpkg-shlibdeps)
    # A build with sanitizers is not what is packaged.
    if(TARGET calltide AND CALLTIDE_SHLIBDEPS AND NOT CALLTIDE_SANITIZE)
        add_test(NAME package_deb COMMAND ${linux}/check-deb ${CMAKE_BINARY_DIR})
        set_tests_properties(package_deb PROPERTIES LABELS package TIMEOUT 300)
    endif()
endif()
