# SPDX-License-Identifier: GPL-3.0-or-later
ct_add_test(tst_layout_time SOURCES tst_layout_time.cpp LIBS ct_layout)
