# SPDX-License-Identifier: GPL-3.0-or-later
ct_add_test(tst_settings SOURCES tst_settings.cpp LIBS ct_session)
if(CALLTIDE_PYTHONS) # they record programs
    ct_add_test(tst_launch SOURCES tst_launch.cpp traced_python.h LIBS ct_session)
    ct_add_test(tst_remote SOURCES tst_remote.cpp traced_python.h LIBS ct_session TIMEOUT 240)
    ct_add_test(tst_session SOURCES tst_session.cpp traced_python.h LIBS ct_session)
endif()
