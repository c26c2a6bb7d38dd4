# SPDX-License-Identifier: GPL-3.0-or-later
ct_add_test(tst_uiactions GUI SOURCES tst_uiactions.cpp LIBS ct_ui)
ct_add_test(tst_uiwindow GUI SOURCES tst_uiwindow.cpp ui_fixture.h LIBS ct_ui)
ct_add_test(tst_uiviews GUI SOURCES tst_uiviews.cpp ui_fixture.h LIBS ct_ui TIMEOUT 240)
ct_add_test(tst_uipanes GUI SOURCES tst_uipanes.cpp ui_fixture.h LIBS ct_ui)
ct_add_test(tst_uisource GUI SOURCES tst_uisource.cpp ui_fixture.h LIBS ct_ui)
ct_add_test(tst_uipalette GUI SOURCES tst_uipalette.cpp ui_fixture.h LIBS ct_ui)
ct_add_test(tst_uiexport GUI SOURCES tst_uiexport.cpp ui_fixture.h LIBS ct_ui)
if(CALLTIDE_PYTHONS) # they record programs
    ct_add_test(tst_uilaunch GUI SOURCES tst_uilaunch.cpp traced_python.h ui_fixture.h LIBS ct_ui TIMEOUT 240)
    ct_add_test(tst_uirun GUI SOURCES tst_uirun.cpp traced_python.h ui_fixture.h LIBS ct_ui TIMEOUT 400)
    ct_add_test(tst_uiattach GUI SOURCES tst_uiattach.cpp traced_python.h ui_fixture.h LIBS ct_ui TIMEOUT 300)
    ct_add_test(tst_uilive GUI SOURCES tst_uilive.cpp traced_python.h ui_fixture.h LIBS ct_ui TIMEOUT 240)
endif()
