# SPDX-License-Identifier: GPL-3.0-or-later
# The design tokens: every contrast they promise holds, and tokens.json is what its script makes.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
    add_test(NAME tokens COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/resources/tools/build_tokens.py --check)
    set_tests_properties(tokens PROPERTIES LABELS core TIMEOUT 120)
endif()
