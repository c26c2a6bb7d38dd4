# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands on files whose content is known."""
import json
import os
import pstats
import shutil
import signal
import struct
import subprocess
import time
import unittest
import zlib

from support import CALLTIDE, DATA, CalltideTest

TRACE = os.path.join(DATA, "succeed", "viztracer.json")


def png(path):
    """Width, height and the set of colours of an 8-bit RGB or RGBA picture."""
    with open(path, "rb") as file:
        content = file.read()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    at, data = 8, b""
    while at < len(content):
        size, kind = struct.unpack(">I4s", content[at:at + 8])
        if kind == b"IHDR":
            width, height, depth, color = struct.unpack(">IIBB", content[at + 8:at + 18])
        elif kind == b"IDAT":
            data += content[at + 8:at + 8 + size]
        at += size + 12
    assert depth == 8 and color in (2, 6)
    # A picture of one colour packs to nearly nothing; the number of different bytes is enough to tell it is drawn.
    return width, height, len(set(zlib.decompress(data)))


class CommandsTest(CalltideTest):
    def test_info(self):
        info = self.info(TRACE)
        self.assertEqual(info["slices"], 82)
        self.assertEqual(info["duration_ns"], 500000)
        self.assertEqual((info["lost"], info["sources"], info["instants"], info["counters"]), (0, 1, 1, 2))
        self.assertEqual(info["processes"][0]["pid"], 4242)
        self.assertEqual(info["processes"][0]["name"], "MainProcess")
        self.assertEqual([(t["tid"], t["name"], t["slices"]) for t in info["processes"][0]["threads"]],
                         [(4242, "MainThread", 82)])
        self.assertEqual([p["kind"] for p in info["problems"]], ["json.begin_without_end"])
        text = self.succeed("info", TRACE).stdout
        self.assertIn("82 calls", text)
        self.assertIn("MainThread", text)

    def test_gzip_is_the_same(self):
        plain, packed = self.info(TRACE), self.info(TRACE + ".gz")
        for key in ("slices", "duration_ns", "processes", "sources", "instants", "counters", "problems"):
            if key != "problems":
                self.assertEqual(packed[key], plain[key])

    def test_export_in_each_format_opens_again(self):
        for name, kind in (("a.json", "Chrome JSON"), ("a.json.zst", "Chrome JSON"), ("a.pftrace", "Perfetto trace"),
                           ("a.pftrace.gz", "Perfetto trace"), ("a.speedscope.json", "speedscope"),
                           ("a.firefox.json.gz", "Firefox profile"), ("a.collapsed", "collapsed stacks"),
                           ("a.prof", "cProfile statistics")):
            with self.subTest(name):
                self.succeed("export", TRACE, "-o", name)
                info = self.info(name)
                self.assertEqual(info["format"], kind)
                if kind in ("Chrome JSON", "Perfetto trace", "speedscope"):
                    self.assertEqual((info["slices"], info["duration_ns"]), (82, 500000))
        self.succeed("export", TRACE, "-o", "b.data", "--format", "csv")
        with open(self.path("b.data")) as file:
            self.assertEqual(file.readline(), "function,file,line,calls,total_ns,self_ns,mean_ns,min_ns,max_ns\n")
        stats = pstats.Stats(self.path("a.prof")).stats
        self.assertEqual(stats[("~", 0, "<built-in method builtins.len>")][:2], (40, 40))
        self.succeed("export", TRACE, "-o", "part.json", "--range", "100us..200us")
        self.assertEqual(self.info("part.json")["duration_ns"], 100000)

    def test_an_interrupted_export_leaves_nothing(self):
        with open(self.path("large.json"), "w") as file:
            file.write("[")
            for i in range(300000):
                file.write('{"ph":"X","name":"f%d","pid":1,"tid":%d,"ts":%d,"dur":1},\n' % (i % 99, i % 4, i))
        process = subprocess.Popen([CALLTIDE, "export", "large.json", "-o", "out.json.gz"], cwd=self.folder)
        try:
            while process.poll() is None and not any(n.startswith("out.json.gz.") for n in os.listdir(self.folder)):
                time.sleep(0.001)
            process.terminate()
        finally:
            process.wait()
        self.assertIn(process.returncode, (-signal.SIGTERM, 0))  # 0: it was ready before
        self.assertEqual(set(os.listdir(self.folder)) - {"out.json.gz"}, {"large.json"})

    def test_a_file_is_written_over_only_when_asked_to(self):
        for command, name in ((["export", TRACE, "-o"], "out.json"), (["screenshot", TRACE, "-o"], "out.png")):
            with open(self.path(name), "w") as file:
                file.write("mine")
            refused = self.run_calltide(*command, name)
            self.assertEqual(refused.returncode, 1)
            self.assertEqual(refused.stderr, "calltide: %s is there already; choose another name, or write over it with "
                             "--force.\n" % name)
            with open(self.path(name)) as file:
                self.assertEqual(file.read(), "mine")
            self.succeed(*command, name, "--force")
            self.assertGreater(os.path.getsize(self.path(name)), 100)

    def test_a_file_is_not_exported_over_itself(self):
        shutil.copy(TRACE, self.path("own"))
        os.symlink("own", self.path("link.json"))
        with open(TRACE, "rb") as file:
            before = file.read()
        for name in ("own", "link.json"):
            refused = self.run_calltide("export", "own", "-o", name, "--format", "json", "--force")
            self.assertEqual(refused.returncode, 1)
            self.assertEqual(refused.stderr,
                             "calltide: %s is the file that is to be exported; choose another name.\n" % name)
        with open(self.path("own"), "rb") as file:
            self.assertEqual(file.read(), before)

    def test_a_text_may_go_to_standard_output(self):
        self.succeed("export", TRACE, "-o", "a.collapsed")
        with open(self.path("a.collapsed")) as file:
            self.assertEqual(self.succeed("export", TRACE, "-o", "-", "--format", "collapsed").stdout, file.read())
        for words in (["export", TRACE, "-o", "-", "--format", "perfetto"], ["pack", TRACE, "-o", "-"]):
            self.assertNotEqual(self.run_calltide(*words).returncode, 0)
        self.assertEqual(os.listdir(self.folder), ["a.collapsed"])

    def test_every_file_that_cannot_be_read_is_named(self):
        for name in ("t.txt", "empty.json"):
            open(self.path(name), "w").close()
        said = self.run_calltide("info", "t.txt", TRACE, "empty.json").stderr
        self.assertIn("t.txt", said)
        self.assertIn("empty.json", said)

    def test_several_files_are_one_timeline(self):
        with open(self.path("s.txt"), "w") as file:
            file.write("f;g 10\nf;h 2\nno stack\n")
        info = self.info(TRACE, "s.txt")
        self.assertEqual((info["slices"], len(info["processes"])), (85, 2))
        text = self.succeed("info", TRACE, "s.txt").stdout
        self.assertIn("samples, one drawn as 1 ms", text)
        self.assertIn("first at byte 13: no stack", text)

    def test_stats(self):
        functions = json.loads(self.succeed("stats", TRACE, "--json").stdout)["functions"]
        by_name = {f["name"]: f for f in functions}
        length = by_name["builtins.len"]
        self.assertEqual((length["calls"], length["total_ns"], length["self_ns"], length["min_ns"], length["max_ns"]),
                         (40, 20000, 20000, 500, 500))
        module = by_name["<module> (/app/shop.py:1)"]
        self.assertEqual(module["total_ns"], 500000)
        self.assertEqual(module["self_ns"], 500000 - 40 * 3125 - 4000)
        self.assertEqual(sorted((f["self_ns"] for f in functions), reverse=True), [f["self_ns"] for f in functions])
        lines = self.succeed("stats", TRACE, "--top", "2").stdout.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertIn("<module> (/app/shop.py:1)", lines[1])

    def test_screenshot(self):
        self.succeed("screenshot", TRACE, "-o", "t.png")
        self.succeed("screenshot", TRACE, "-o", "f.png", "--view", "flamegraph", "--size", "800x300", "--theme", "dark")
        self.succeed("screenshot", TRACE, "-o", "r.png", "--size", "640x480", "--range", "10us..0.0002s")
        self.assertEqual(png(self.path("t.png"))[:2], (1600, 900))
        self.assertEqual(png(self.path("f.png"))[:2], (800, 300))
        self.assertEqual(png(self.path("r.png"))[:2], (640, 480))
        for name in ("t.png", "f.png", "r.png"):
            self.assertGreater(png(self.path(name))[2], 20)
        result = self.run_calltide("screenshot", TRACE, "-o", "n.png", "--range", "1s..2s")
        self.assertEqual(result.returncode, 1)
        self.assertIn("lies behind its end", result.stderr)

    def test_help_and_version(self):
        for option in (["--help"], ["-h"], ["record", "--help"], ["record", "--ring", "1MB", "-h"]):
            self.assertIn("calltide record", self.succeed(*option).stdout)
        for command, own in (("record", "--python PATH"), ("attach", "--detach")):
            said = self.succeed(command, "--help").stdout
            for option in (own, "--ring SIZE", "--start-when CONDITION", "Shop.*"):  # also the recorder's own
                self.assertIn(option, said)
        for words in (["export", TRACE, "--help"], ["compare", "--help"], [TRACE, "--help"]):
            said = self.succeed(*words).stdout
            self.assertIn("calltide", said)
            self.assertNotIn("executable_name", said)
        self.assertRegex(self.succeed("--version").stdout, r"^calltide \d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    unittest.main()
