# SPDX-License-Identifier: GPL-3.0-or-later
# Part of installers/setup: configure, compile, test.

# As many compilers as there are cores, but none without a gigabyte of memory of its own.
jobs() {
    if [ -n "${CALLTIDE_JOBS-}" ]; then
        echo "$CALLTIDE_JOBS"
        return
    fi
    cores=$(nproc)
    gigabytes=$(awk '/^MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo)
    [ "$gigabytes" -ge 1 ] || gigabytes=1
    [ "$cores" -le "$gigabytes" ] || cores=$gigabytes
    echo "$cores"
}

# configure_and_build build|run|test
configure_and_build() {
    step "Configure (Release)"
    fuzz=OFF
    [ "$1" != test ] || fuzz=ON
    # Who only wants to see it does not wait for the tests to be compiled. A folder that has them keeps them.
    tests=ON
    if [ "$1" = run ] && ! grep -qx CALLTIDE_TESTS:BOOL=ON "$build/CMakeCache.txt" 2>/dev/null; then
        tests=OFF
    fi
    # A folder that was moved or copied keeps a cache of its old place, which CMake refuses.
    if [ -f "$build/CMakeCache.txt" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$build/CMakeCache.txt"; then
        rm -rf "$build/CMakeCache.txt" "$build/CMakeFiles"
    fi
    logged configure cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release "-DCALLTIDE_PYTHONS=$pythons" \
        "-DCALLTIDE_PYBIND11_INCLUDE=$pybind11_include" -DCALLTIDE_FUZZ_RUN=$fuzz -DCALLTIDE_TESTS=$tests || {
        tail -n 25 "$log" >&2
        fail "CMake could not configure the build; all of its words are in $log."
    }
    step "Build (-j$(jobs))"
    cmake --build "$build" -j "$(jobs)" || fail "the build failed; the compiler's words are above."
}

run_tests() {
    step "Tests"
    status=0
    ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$(nproc)" </dev/null || status=$?
    exit "$status"
}
