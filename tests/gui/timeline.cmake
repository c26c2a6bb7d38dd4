# SPDX-License-Identifier: GPL-3.0-or-later
ct_add_test(tst_viewstate GUI SOURCES tst_viewstate.cpp LIBS ct_render)
ct_add_test(tst_timeline GUI SOURCES tst_timeline.cpp timeline_window.h LIBS ct_timeline)
ct_add_test(tst_timeline_motion GUI SOURCES tst_timeline_motion.cpp LIBS ct_timeline)
ct_add_test(tst_timeline_tracks GUI SOURCES tst_timeline_tracks.cpp timeline_window.h LIBS ct_timeline)
ct_add_test(tst_timeline_keys GUI SOURCES tst_timeline_keys.cpp timeline_window.h LIBS ct_timeline)
ct_add_test(tst_timeline_lens GUI SOURCES tst_timeline_lens.cpp timeline_window.h LIBS ct_timeline)
