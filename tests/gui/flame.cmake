# SPDX-License-Identifier: GPL-3.0-or-later
ct_add_test(tst_flameview GUI SOURCES tst_flameview.cpp flame_window.h LIBS ct_flameview)
ct_add_test(tst_flame_transforms GUI SOURCES tst_flame_transforms.cpp flame_window.h LIBS ct_flameview)
