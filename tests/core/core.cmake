# SPDX-License-Identifier: GPL-3.0-or-later
ct_add_test(tst_recorder SOURCES tst_recorder.cpp LIBS ct_core)
ct_add_test(tst_ring SOURCES tst_ring.cpp LIBS ct_core ct_formats)
