# SPDX-License-Identifier: GPL-3.0-or-later
"""A day of a little web shop, made to be traced: visitors are served by asyncio, their baskets are checked out by
threads, a second process packs the parcels, and a report closes the day. Standard library only, Python 3.9 or newer;
the same every time but for the order in which threads and tasks take turns."""
import asyncio
import json
import os
import queue
import random
import subprocess
import sys
import threading
import time
import zlib

from catalogue import CATEGORIES, OutOfStock, count_leaves, open_catalogue
from orders import Order, PaymentDeclined, check_out

WAVES = (("morning", 40), ("noon", 90), ("evening", 60))
CHECKOUTS = 3
NAMES = ("Ada", "Ben", "Carla", "Deniz", "Emma", "Finn", "Greta", "Hugo")


# Visitors: each one is an asyncio task that searches, looks at products and fills a basket.

async def visit(number, catalogue, baskets):
    dice = random.Random(number)
    basket = []
    for page in range(6):
        found = await search_page(catalogue, dice)
        if found:
            await product_page(catalogue.products[dice.choice(found)])
            basket.append((dice.choice(found), dice.randrange(1, 4)))
        await asyncio.sleep(dice.random() * 0.06)
    if basket:
        baskets.put(Order(number, NAMES[number % len(NAMES)], basket))
    return len(basket)


async def search_page(catalogue, dice):
    phrase = dice.choice(("pan", "blue pen", "oak", "garden rose", "kitchen", "small pot"))
    found = catalogue.search(phrase)
    await asyncio.sleep(0)
    render("results", [catalogue.products[number].name for number in found[:12]])
    return found


async def product_page(product):
    await asyncio.sleep(0.001)
    render("product", [product.name, product.category, "%.2f" % (product.cents / 100)])


def render(template, values):
    """Turns values into a page and packs it as a web server would."""
    rows = "".join("<li>%s</li>" % escape(value) for value in values)
    return zlib.compress(("<h1>%s</h1><ul>%s</ul>" % (template, rows)).encode() * 20)


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


async def serve(catalogue, baskets):
    number = 0
    for wave, amount in WAVES:
        visitors = range(number, number + amount)
        await asyncio.gather(*(
            asyncio.create_task(visit(n, catalogue, baskets), name="%s visitor %d" % (wave, n)) for n in visitors))
        number += amount
        baskets.join()
        deliver(catalogue, wave)


def deliver(catalogue, wave):
    """A lorry comes when the tills are done with a wave: everything that ran out is filled up again."""
    empty = [product for product in catalogue.products.values() if product.stock < 5]
    for product in empty:
        product.restock(len(wave) * 4)


# The check-out: threads that take baskets from a queue until they meet the closing sign.

class Till(threading.Thread):
    def __init__(self, number, catalogue, baskets, sold):
        super().__init__(name="till %d" % number)
        self.catalogue = catalogue
        self.baskets = baskets
        self.sold = sold
        self.refused = 0

    def run(self):
        while True:
            order = self.baskets.get()
            if order is None:
                return
            self.serve(order)
            self.baskets.task_done()

    def serve(self, order):
        try:
            invoice = check_out(self.catalogue, order)
        except (OutOfStock, PaymentDeclined):
            self.refused += 1
        else:
            self.sold.append((order, len(invoice)))


# The evening: parcels are packed by another process while the report is made here.

def start_warehouse():
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "warehouse.py")
    return subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def parcels(sold):
    for order, _ in sold:
        weights = [1 + (number * 7 + i) % 17 for number, amount in order.lines for i in range(amount)]
        yield json.dumps({"order": order.number, "weights": weights[:11]}) + "\n"


def report(catalogue, sold):
    """Turnover by category, along every branch of the tree."""
    turnover = {}
    for order, _ in sold:
        for number, amount in order.lines:
            product = catalogue.products[number]
            add_along(turnover, product.category, product.cents * amount)
    return sorted(turnover.items(), key=lambda entry: (-entry[1], entry[0]))


def add_along(turnover, category, cents):
    while category:
        turnover[category] = turnover.get(category, 0) + cents
        category = category.rpartition("/")[0]


def forecast(days, memory=None):
    """Tomorrow's visitors as a sum over the days before it: a recursion that remembers."""
    memory = {} if memory is None else memory
    if days < 2:
        return days + 1
    if days not in memory:
        memory[days] = (forecast(days - 1, memory) + forecast(days - 2, memory)) % 997
    return memory[days]


def best_price_walk(prices, left=0, right=None):
    """Sorts the prices by merging halves, as a table in the report shows them."""
    right = len(prices) if right is None else right
    if right - left < 2:
        return prices[left:right]
    middle = (left + right) // 2
    return merge(best_price_walk(prices, left, middle), best_price_walk(prices, middle, right))


def merge(a, b):
    out, i, k = [], 0, 0
    while i < len(a) and k < len(b):
        if a[i] <= b[k]:
            out.append(a[i])
            i += 1
        else:
            out.append(b[k])
            k += 1
    return out + a[i:] + b[k:]


def archive(sold, top):
    """Packs the day's books: one large block of work in C."""
    books = json.dumps([[order.number, order.customer, order.total, order.lines] for order, _ in sold] + top)
    return len(zlib.compress(books.encode() * 200, 9))


def open_shop():
    catalogue = open_catalogue(2500)
    return catalogue, queue.Queue(), []


def close_shop(catalogue, sold):
    warehouse = start_warehouse()
    for line in parcels(sold):
        warehouse.stdin.write(line)
    warehouse.stdin.close()
    top = report(catalogue, sold)
    best_price_walk([product.cents for product in catalogue.products.values()])
    forecast(40)
    size = archive(sold, top)
    boxes = sum(json.loads(line)["boxes"] for line in warehouse.stdout)
    warehouse.wait()
    return boxes, size


def main():
    begin = time.perf_counter()
    catalogue, baskets, sold = open_shop()
    tills = [Till(n, catalogue, baskets, sold) for n in range(1, CHECKOUTS + 1)]
    for till in tills:
        till.start()
    asyncio.run(serve(catalogue, baskets))
    for _ in tills:
        baskets.put(None)
    for till in tills:
        till.join()
    boxes, _ = close_shop(catalogue, sold)
    refused = sum(till.refused for till in tills)
    print("%d categories, %d orders, %d refused, %d parcels in %.2f s" % (
        count_leaves(CATEGORIES), len(sold), refused, boxes, time.perf_counter() - begin))


if __name__ == "__main__":
    main()
