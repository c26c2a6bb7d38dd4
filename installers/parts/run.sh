# SPDX-License-Identifier: GPL-3.0-or-later
# Part of installers/setup: records the sample program and shows the recording.

record_and_open() {
    out=$build/sample
    recording=$out/shop.calltide
    rm -rf "$out"
    mkdir -p "$out"
    step "Recording resources/sample/shop.py with $sample_python"
    PYTHONDONTWRITEBYTECODE=1 "$build/bin/calltide" record -o "$recording" --python "$sample_python" -- \
        "$root/resources/sample/shop.py" || fail "the sample program could not be recorded; the reason is above."
    if [ -n "${DISPLAY-}${WAYLAND_DISPLAY-}" ]; then
        step "Opening $recording"
        exec "$build/bin/calltide" "$recording"
    fi
    step "No display: drawing the recording and writing it as Perfetto JSON"
    "$build/bin/calltide" export "$recording" -o "$out/shop.json" || fail "the recording could not be exported."
    for view in timeline flamegraph; do
        "$build/bin/calltide" screenshot "$recording" -o "$out/shop-$view.png" --view "$view" ||
            fail "the picture of the $view could not be drawn."
    done
    for file in "$recording" "$out/shop.json" "$out/shop-timeline.png" "$out/shop-flamegraph.png"; do
        [ -s "$file" ] || fail "$file was not written."
        note "$file"
    done
}
