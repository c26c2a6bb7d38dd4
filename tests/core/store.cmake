# SPDX-License-Identifier: GPL-3.0-or-later
ct_add_test(tst_store SOURCES tst_store.cpp LIBS ct_store)
ct_add_test(tst_hits SOURCES tst_hits.cpp LIBS ct_store)
ct_add_test(tst_owncode SOURCES tst_owncode.cpp LIBS ct_store)
