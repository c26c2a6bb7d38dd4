# SPDX-License-Identifier: GPL-3.0-or-later
ct_add_test(tst_recorder SOURCES tst_recorder.cpp LIBS ct_core)
