# SPDX-License-Identifier: GPL-3.0-or-later
"""asyncio: three tasks that interleave; step() is called 4 times by each, 12 in all."""
import asyncio


def step(name, i):
    return (name, i)


async def job(name):
    for i in range(4):
        step(name, i)
        await asyncio.sleep(0)
    return name


async def main():
    return await asyncio.gather(*(job(n) for n in ("a", "b", "c")))


print("tasks", asyncio.run(main()))
