# SPDX-License-Identifier: GPL-3.0-or-later
ct_add_test(tst_readnative SOURCES tst_readnative.cpp native_reading.h recordingwriter.h LIBS ct_formats)
ct_add_test(tst_readnative_parts SOURCES tst_readnative_parts.cpp native_reading.h recordingwriter.h LIBS ct_formats)
ct_add_test(tst_live SOURCES tst_live.cpp recordingwriter.h LIBS ct_formats)
ct_add_test(tst_packed SOURCES tst_packed.cpp native_reading.h recordingwriter.h LIBS ct_formats)
ct_add_test(tst_damaged SOURCES tst_damaged.cpp recordingwriter.h LIBS ct_formats TIMEOUT 600)
ct_add_test(tst_cache SOURCES tst_cache.cpp tracetext.h LIBS ct_formats)
