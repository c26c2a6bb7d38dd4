# SPDX-License-Identifier: GPL-3.0-or-later
# cmake -DSOURCE= -DBUILD= -DCXX= -DLIBFUZZER= -DSEEDS= -DTARGETS= -P fuzz_build.cmake: the fuzz program under ASan and
# UBSan, of the readers' libraries only, and the folders it works in.
string(REGEX REPLACE "clang\\+\\+" "clang" cc "${CXX}")
string(REGEX REPLACE "g\\+\\+" "gcc" cc "${cc}")
string(REGEX REPLACE "c\\+\\+$" "cc" cc "${cc}")
execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD} -G Ninja -DCMAKE_C_COMPILER=${cc} -DCMAKE_CXX_COMPILER=${CXX}
            -DCMAKE_BUILD_TYPE=Fuzz "-DCMAKE_CXX_FLAGS_FUZZ=-O1 -g1" -DCALLTIDE_GUI=OFF -DCALLTIDE_PYTHONS=
            -DCALLTIDE_FUZZ=${LIBFUZZER} -DCALLTIDE_FUZZ_RUN=OFF -DCALLTIDE_SANITIZE=address,undefined
    COMMAND_ERROR_IS_FATAL ANY)
# One compiler: the other tests go on beside it.
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD} --parallel 1 --target fuzz_readers COMMAND_ERROR_IS_FATAL ANY)
file(MAKE_DIRECTORY ${BUILD}/seeds)
execute_process(COMMAND ${SEEDS} --keep ${BUILD}/seeds COMMAND_ERROR_IS_FATAL ANY)
foreach(target ${TARGETS})
    file(MAKE_DIRECTORY ${BUILD}/new/${target})
endforeach()
