# SPDX-License-Identifier: GPL-3.0-or-later
ct_add_test(tst_uiactions GUI SOURCES tst_uiactions.cpp LIBS ct_ui)
