# SPDX-License-Identifier: GPL-3.0-or-later
"""The warehouse, a process of its own: reads orders as JSON lines on stdin and answers how many boxes each one needs."""
import json
import sys

BOX = 30


def fits(boxes, index, weight):
    return boxes[index] + weight <= BOX


def pack(weights, boxes, best):
    """The least number of boxes for the weights, by trying every sensible way (recursion)."""
    if len(boxes) >= best:
        return best
    if not weights:
        return len(boxes)
    weight, rest = weights[0], weights[1:]
    for index in range(len(boxes)):
        if fits(boxes, index, weight):
            boxes[index] += weight
            best = pack(rest, boxes, best)
            boxes[index] -= weight
    boxes.append(weight)
    best = pack(rest, boxes, best)
    boxes.pop()
    return best


def read_orders(stream):
    for line in stream:
        yield json.loads(line)


def main():
    for order in read_orders(sys.stdin):
        weights = sorted(order["weights"], reverse=True)
        print(json.dumps({"order": order["order"], "boxes": pack(weights, [], len(weights))}))


if __name__ == "__main__":
    main()
