# SPDX-License-Identifier: GPL-3.0-or-later
"""Methods of a class: __init__, a property, a static, a class method and __call__, each 3 times; names are qualified."""


class Basket:
    def __init__(self):
        self.items = []

    @property
    def size(self):
        return len(self.items)

    @staticmethod
    def price(n):
        return n * 2

    @classmethod
    def empty(cls):
        return cls()

    def __call__(self, n):
        self.items.append(n)


for n in range(3):
    basket = Basket.empty()
    basket(n)
    Basket.price(basket.size)
print("3 baskets")
