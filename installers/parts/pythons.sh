# SPDX-License-Identifier: GPL-3.0-or-later
# Part of installers/setup: pybind11, and the Python interpreters that the tracer is built for.

pybind11_version=2.13.6
oldest_minor=9
newest_minor=15

get_pybind11() {
    pybind11_include=$(ls -d "$build"/venv/lib/python3*/site-packages/pybind11/include 2>/dev/null | head -n 1)
    if [ -n "$pybind11_include" ] && [ -f "$build/venv/pybind11-$pybind11_version" ]; then
        return
    fi
    step "pybind11 $pybind11_version: into build/venv"
    rm -rf "$build/venv"
    logged venv /usr/bin/python3 -m venv "$build/venv" ||
        fail "a Python environment could not be made in $build/venv; see $build/log/venv.log."
    logged pip "$build/venv/bin/python" -m pip install --disable-pip-version-check --no-input "pybind11==$pybind11_version" ||
        fail "pybind11 $pybind11_version could not be downloaded with pip (is there a network?); see $build/log/pip.log."
    : >"$build/venv/pybind11-$pybind11_version"
    pybind11_include=$(ls -d "$build"/venv/lib/python3*/site-packages/pybind11/include | head -n 1)
}

# Packages that programs of the tests use: trio for all versions of Python, the others for each one that they have a build for.
# Without them those tests are skipped.
trio_version=0.27.0
built_packages="greenlet==3.2.4 uvloop==0.22.1 coverage==7.10.7"
get_test_packages() {
    packages=$build/test-packages
    get_trio
    for version in $versions; do
        minor=${version%.*}
        for package in $built_packages; do
            [ -f "$packages/py$minor/$package" ] && continue
            mkdir -p "$packages/py$minor"
            logged "${package%%=*}-$minor" "$build/venv/bin/python" -m pip install --disable-pip-version-check --no-input --no-deps \
                --only-binary=:all: --upgrade --python-version "$minor" --target "$packages/py$minor" "$package" ||
                note "$package is not to be had for Python $minor: its tests are left out there."
            : >"$packages/py$minor/$package"
        done
    done
}

get_trio() {
    [ -f "$packages/trio-$trio_version" ] && return 0
    step "trio $trio_version for the tests: into build/test-packages"
    rm -rf "$packages"
    if logged test-packages "$build/venv/bin/python" -m pip install --disable-pip-version-check --no-input --no-compile \
        --target "$packages" "trio==$trio_version" "exceptiongroup>=1,<2"; then
        : >"$packages/trio-$trio_version"
    else
        note "It could not be downloaded with pip; its tests are left out."
    fi
}

# For the tests, CPython 3.14 and 3.15: newer than any stable distribution's, unpacked from Debian's testing suites.
get_test_pythons() {
    for version in 3.14 3.15; do
        prefix=$build/pythons/$version
        if [ -f "$prefix/complete" ] || [ -n "$(probe "$(command -v "python$version" || true)")" ]; then
            continue
        fi
        # What could not be had an hour ago is not asked for again: a second run has to be fast.
        if [ -n "$(find "$build/pythons" -name "$version.failed" -mmin -60 2>/dev/null)" ]; then
            note "Python $version was not to be had within the last hour: its tests are left out."
            continue
        fi
        step "Python $version for the tests: into build/pythons/$version"
        if logged "get-python-$version" "$root/installers/get-python" "$version" "$prefix"; then
            rm -f "$prefix.failed"
        else
            note "$(tail -n 1 "$log" | cut -c 1-300)"
            note "Its tests are left out."
            mkdir -p "$build/pythons" && : >"$prefix.failed"
        fi
    done
}

# probe PYTHON: "EXT_SUFFIX VERSION EXECUTABLE" when it is a CPython that the tracer can be built for, else nothing.
probe() {
    [ -n "$1" ] && [ -x "$1" ] || return 0
    timeout 20 "$1" -I -S -c '
import os, sys, sysconfig
low, high = int(sys.argv[1]), int(sys.argv[2])
fits = sys.implementation.name == "cpython" and sys.version_info[0] == 3 and low <= sys.version_info[1] <= high
free = sysconfig.get_config_var("Py_GIL_DISABLED")
header = os.path.join(sysconfig.get_path("include") or "", "Python.h")
if fits and not free and os.path.isfile(header):
    print(sysconfig.get_config_var("EXT_SUFFIX"), "%d.%d.%d" % sys.version_info[:3], sys.executable)
' "$oldest_minor" "$newest_minor" 2>/dev/null || true
}

# Every place where an interpreter may be, the user's own choice first.
candidates() {
    printf '%s\n' "${CALLTIDE_PYTHONS-}" | tr ':;' '[\n*]'
    ls -d "$build"/pythons/3.*/usr/bin/python3.?? /usr/bin/python3 /usr/bin/python3.? /usr/bin/python3.?? \
        /usr/local/bin/python3.? /usr/local/bin/python3.?? /opt/python/*/bin/python3 2>/dev/null || true
    for home in "${PYENV_ROOT:-${HOME-}/.pyenv}/versions" "${HOME-}/.local/share/uv/python"; do
        ls -d "$home"/*/bin/python3 2>/dev/null | sort -rV || true
    done
}

# Sets pythons (a CMake list) and sample_python. Interpreters with one suffix load one module: the first of each is taken.
find_pythons() {
    pythons=
    versions=
    sample_python=
    suffixes=" "
    while read -r candidate; do
        found=$(probe "$candidate" </dev/null)
        [ -n "$found" ] || continue
        suffix=${found%% *}
        rest=${found#* }
        case $suffixes in
        *" $suffix "*) continue ;;
        esac
        suffixes="$suffixes$suffix "
        pythons="$pythons${pythons:+;}${rest#* }"
        versions="$versions ${rest%% *}
"
    done <<END
$(candidates)
END
    [ -n "$pythons" ] ||
        fail "no CPython 3.$oldest_minor to 3.$newest_minor with its headers (Python.h) was found; install python3-dev or name one in CALLTIDE_PYTHONS."
    sample_python=$(probe /usr/bin/python3)
    sample_python=${sample_python##* }
    [ -n "$sample_python" ] || sample_python=${pythons%%;*}
    step "Python interpreters:$(printf '%s' "$versions" | sort -V | tr -d '\n')"
}
