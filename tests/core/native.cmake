# SPDX-License-Identifier: GPL-3.0-or-later
ct_add_test(tst_readnative SOURCES tst_readnative.cpp recordingwriter.h LIBS ct_formats)
