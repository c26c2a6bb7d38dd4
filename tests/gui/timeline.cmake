# SPDX-License-Identifier: GPL-3.0-or-later
ct_add_test(tst_viewstate GUI SOURCES tst_viewstate.cpp LIBS ct_render)
