# SPDX-License-Identifier: GPL-3.0-or-later
ct_add_test(tst_flameview GUI SOURCES tst_flameview.cpp LIBS ct_flameview)
