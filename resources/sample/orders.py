# SPDX-License-Identifier: GPL-3.0-or-later
"""From basket to invoice: prices, vouchers, payment that now and then is declined, and the invoice's text."""
import hashlib
import threading
import zlib

from catalogue import OutOfStock

VAT_PERCENT = {"kitchen": 19, "garden": 7, "office": 19}
stock_lock = threading.Lock()


class PaymentDeclined(Exception):
    pass


class Order:
    def __init__(self, number, customer, lines):
        self.number = number
        self.customer = customer
        self.lines = lines
        self.total = 0

    def __repr__(self):
        return "<Order %d of %s>" % (self.number, self.customer)


def check_out(catalogue, order):
    """Takes the goods, the money and writes the invoice; gives the goods back when the money does not come."""
    reserve(catalogue, order)
    try:
        order.total = price(catalogue, order)
        pay(order)
    except PaymentDeclined:
        release(catalogue, order)
        raise
    return write_invoice(catalogue, order)


def reserve(catalogue, order):
    taken = []
    with stock_lock:
        try:
            for number, amount in order.lines:
                catalogue.products[number].take(amount)
                taken.append((number, amount))
        except OutOfStock:
            for number, amount in taken:
                catalogue.products[number].restock(amount)
            raise


def release(catalogue, order):
    with stock_lock:
        for number, amount in order.lines:
            catalogue.products[number].restock(amount)


def price(catalogue, order):
    net = sum(line_price(catalogue.products[number], amount) for number, amount in order.lines)
    return apply_voucher(net, order.customer)


def line_price(product, amount):
    return add_vat(product.cents * amount, product.category)


def add_vat(cents, category):
    return cents * (100 + VAT_PERCENT[category.split("/", 1)[0]]) // 100


def apply_voucher(cents, customer):
    return cents * 9 // 10 if customer.endswith("a") else cents


def pay(order, attempt=1):
    """Asks the bank; a declined payment is tried once more before the order is given up."""
    try:
        ask_bank(order, attempt)
    except PaymentDeclined:
        if attempt == 2:
            raise
        pay(order, attempt + 1)


def ask_bank(order, attempt):
    token = sign("%d:%d:%d" % (order.number, order.total, attempt))
    if token[0] in "01" or (token[0] == "2" and attempt == 2):
        raise PaymentDeclined(repr(order))


def sign(text):
    return hashlib.pbkdf2_hmac("sha256", text.encode(), b"little shop", 6000).hex()


def write_invoice(catalogue, order):
    rows = [format_row(catalogue.products[number], amount) for number, amount in order.lines]
    text = "Invoice %d for %s\n%s\nTotal %d" % (order.number, order.customer, "\n".join(rows), order.total)
    return zlib.compress(text.encode(), 9)


def format_row(product, amount):
    return "%3d x %-24s %8.2f" % (amount, product.name, product.cents * amount / 100)
