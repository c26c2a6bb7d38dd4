# SPDX-License-Identifier: GPL-3.0-or-later
"""The shop's goods: a tree of categories, products in it, and a search index over their names."""
import json
import random
import re

CATEGORIES = {
    "garden": {"plants": {"herbs": {}, "roses": {}}, "tools": {"cutting": {}, "digging": {}}},
    "kitchen": {"pans": {"cast iron": {}, "steel": {}}, "knives": {}, "tea": {"black": {}, "green": {}}},
    "office": {"paper": {}, "pens": {"fountain": {}, "felt": {}}},
}
ADJECTIVES = ("large", "small", "blue", "oak", "folding", "light", "sturdy", "classic")
NOUNS = ("pot", "pan", "pen", "spade", "kettle", "lamp", "knife", "notebook", "rose", "tin")
WORD = re.compile(r"[a-z]+")


class Product:
    __slots__ = ("number", "name", "category", "cents", "stock")

    def __init__(self, number, name, category, cents, stock):
        self.number = number
        self.name = name
        self.category = category
        self.cents = cents
        self.stock = stock

    def take(self, amount):
        if amount > self.stock:
            raise OutOfStock(self.name)
        self.stock -= amount

    def restock(self, amount):
        self.stock += amount


class OutOfStock(Exception):
    pass


def walk(tree, path=()):
    """All paths of the category tree, parents first."""
    for name, below in tree.items():
        here = path + (name,)
        yield here
        yield from walk(below, here)


def count_leaves(tree):
    if not tree:
        return 1
    return sum(count_leaves(below) for below in tree.values())


class Catalogue:
    def __init__(self):
        self.products = {}
        self.index = {}

    def load(self, text):
        for record in json.loads(text):
            product = Product(**record)
            self.products[product.number] = product
            self.index_product(product)

    def index_product(self, product):
        for word in WORD.findall(product.name + " " + product.category):
            self.index.setdefault(word, set()).add(product.number)

    def search(self, phrase):
        sets = [self.index.get(word, set()) for word in WORD.findall(phrase)]
        found = set.intersection(*sets) if sets else set()
        return sorted(found, key=self.rank)

    def rank(self, number):
        product = self.products[number]
        return (product.stock == 0, product.cents, number)


def invent_products(amount, dice):
    """The goods as the JSON text that a real shop would read from its database."""
    paths = ["/".join(path) for path in walk(CATEGORIES)]
    return json.dumps([
        {
            "number": number,
            "name": dice.choice(ADJECTIVES) + " " + dice.choice(NOUNS),
            "category": dice.choice(paths),
            "cents": dice.randrange(150, 9000),
            "stock": dice.choice((0, 30, 50, 90)),
        }
        for number in range(amount)
    ])


def open_catalogue(amount):
    catalogue = Catalogue()
    catalogue.load(invent_products(amount, random.Random(7)))
    return catalogue
