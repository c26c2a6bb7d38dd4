# SPDX-License-Identifier: GPL-3.0-or-later
ct_add_test(tst_calltree SOURCES tst_calltree.cpp texttrace.h LIBS ct_flame)
ct_add_test(tst_transforms SOURCES tst_transforms.cpp texttrace.h LIBS ct_flame)
ct_add_test(tst_framelayout SOURCES tst_framelayout.cpp texttrace.h LIBS ct_flame)
