# SPDX-License-Identifier: GPL-3.0-or-later
find_package(ZLIB REQUIRED)
ct_add_test(tst_jsontext SOURCES tst_jsontext.cpp LIBS ct_formats)
ct_add_test(tst_gzip SOURCES tst_gzip.cpp LIBS ct_formats ZLIB::ZLIB)
ct_add_test(tst_readjson SOURCES tst_readjson.cpp tracetext.h LIBS ct_formats)
ct_add_test(tst_exportjson SOURCES tst_exportjson.cpp tracetext.h LIBS ct_formats)
ct_add_test(tst_readprofiles SOURCES tst_readprofiles.cpp tracetext.h LIBS ct_formats)
ct_add_test(tst_containers SOURCES tst_containers.cpp tracetext.h LIBS ct_formats ZLIB::ZLIB ${ZSTD_LIBRARY})
ct_add_test(tst_exporters SOURCES tst_exporters.cpp tracetext.h LIBS ct_formats)
