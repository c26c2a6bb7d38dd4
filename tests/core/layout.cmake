# SPDX-License-Identifier: GPL-3.0-or-later
ct_add_test(tst_layout_time SOURCES tst_layout_time.cpp LIBS ct_layout)
ct_add_test(tst_layout_scene SOURCES tst_layout_scene.cpp drawn_scene.h LIBS ct_layout)
ct_add_test(tst_layout_tracks SOURCES tst_layout_tracks.cpp drawn_scene.h LIBS ct_layout)
