# SPDX-License-Identifier: GPL-3.0-or-later
ct_add_test(tst_theme GUI SOURCES tst_theme.cpp LIBS ct_render)
ct_add_test(tst_painters GUI SOURCES tst_painters.cpp LIBS ct_render)
