# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints "ready" and sleeps up to 60 s; Ctrl+C (SIGINT) ends it as Python does, through finally."""
import time


def wait():
    try:
        time.sleep(60)
    finally:
        print("cleaned up", flush=True)


print("ready", flush=True)
wait()
