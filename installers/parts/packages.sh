# SPDX-License-Identifier: GPL-3.0-or-later
# Part of installers/setup: the packages of the distribution, installed only where they are missing.

build_packages="g++ cmake ninja-build ccache pkg-config qt6-base-dev qt6-svg-dev libqcustomplot-dev libqscintilla2-qt6-dev
    libgl-dev libegl-dev nlohmann-json3-dev zlib1g-dev libisal-dev libzstd-dev python3 python3-dev python3-venv
    fonts-inter fonts-jetbrains-mono"
# A package of its own on Debian 12 and Ubuntu 24.04, part of qt6-base-dev later.
build_packages_where_there="libqt6opengl6-dev"
# libFuzzer and its sanitizers; without them the readers are fuzzed with what gcc has.
test_packages_where_there="clang libclang-rt-dev"
# What a window needs at run time and no library pulls in.
run_packages="qt6-wayland libgl1-mesa-dri libqt6svg6"
# A real X server with a window manager for the GUI tests; the validators of desktop files; patchelf and the keyring for
# the interpreters of installers/get-python; dpkg-dev for the package that is tested.
test_packages="$run_packages xvfb xauth openbox xdotool desktop-file-utils appstream shared-mime-info libglib2.0-bin
    patchelf dpkg-dev file ca-certificates"

# missing PACKAGE…: those of them that are not installed.
missing() {
    installed=$(dpkg-query -W -f '${Package} ${db:Status-Abbrev}\n' "$@" 2>/dev/null | awk '$2 == "ii" {print $1}')
    for package in "$@"; do
        case "
$installed
" in
        *"
$package
"*) ;;
        *) printf '%s ' "$package" ;;
        esac
    done
}

# as_root COMMAND…: by sudo where this user is not root.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# Transient faults of one mirror or of a foreign source must not stop us: whether the packages can be had is asked next.
update_lists() {
    logged apt-update as_root apt-get -q -o DPkg::Lock::Timeout=300 update || true
}

has_candidate() {
    LC_ALL=C apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [0-9]'
}

install_packages() {
    command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1 ||
        fail "this system has no apt; Debian 12, Ubuntu 24.04 or newer is needed, or the packages that README.md lists, installed by hand."
    wanted=$build_packages
    where_there=$build_packages_where_there
    case $1 in
    run) wanted="$wanted $run_packages" ;;
    test)
        wanted="$wanted $test_packages"
        where_there="$where_there $test_packages_where_there"
        ;;
    esac
    # shellcheck disable=SC2086  # lists of words
    lacking=$(missing $wanted)
    # shellcheck disable=SC2086
    perhaps=$(missing $where_there)
    # A name that the distribution does not have stays missing for good: it must not cost a second run an update.
    to_be_had=
    for package in $perhaps; do
        ! has_candidate "$package" || to_be_had=yes
    done
    if [ -z "$lacking$to_be_had" ]; then
        step "Packages: all there"
        return
    fi
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null 2>&1 ||
        fail "packages are missing and only root can install them; run this as root, or install: $lacking $perhaps"
    step "Packages: installing $(echo "$lacking $perhaps" | wc -w) and what they need"
    update_lists
    for package in $lacking; do
        has_candidate "$package" ||
            fail "package $package is not to be had here; without a network this set-up cannot go on, and it needs Debian 12, Ubuntu 24.04 or newer."
    done
    for package in $perhaps; do
        ! has_candidate "$package" || lacking="$lacking $package"
    done
    # shellcheck disable=SC2086
    logged apt-install as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
        -o Acquire::Retries=3 install --no-install-recommends $lacking ||
        fail "the packages could not be installed (no network, or apt is broken); apt's own words are in $build/log/apt-install.log."
}
