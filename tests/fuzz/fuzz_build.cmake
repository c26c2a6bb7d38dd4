# SPDX-License-Identifier: GPL-3.0-or-later
# cmake -DSOURCE= -DBUILD= -DCXX= -DSEEDS= -P fuzz_build.cmake: the libFuzzer program and the folders it works in.
string(REGEX REPLACE "clang\\+\\+" "clang" cc "${CXX}")
execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD} -G Ninja -DCMAKE_C_COMPILER=${cc} -DCMAKE_CXX_COMPILER=${CXX}
            -DCMAKE_BUILD_TYPE=Fuzz "-DCMAKE_CXX_FLAGS_FUZZ=-O1 -gline-tables-only" -DCALLTIDE_GUI=OFF -DCALLTIDE_PYTHONS= -DCALLTIDE_FUZZ=ON
            -DCALLTIDE_SANITIZE=address,undefined
    RESULT_VARIABLE failed)
if(failed)
    message(FATAL_ERROR "libFuzzer is not there, or the tree cannot be configured with ${CXX}")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD} --target fuzz_readers COMMAND_ERROR_IS_FATAL ANY)
file(MAKE_DIRECTORY ${BUILD}/seeds)
execute_process(COMMAND ${SEEDS} --keep ${BUILD}/seeds COMMAND_ERROR_IS_FATAL ANY)
foreach(target json native live open speedscope collapsed pstats cpuprofile firefox pprof perfetto perfscript)
    file(MAKE_DIRECTORY ${BUILD}/corpus/${target})
endforeach()
