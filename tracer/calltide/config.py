# SPDX-License-Identifier: Apache-2.0
"""The configuration file: calltide.toml, or [tool.calltide] in pyproject.toml; the nearest one, from a folder upwards.

Its keys are the options of calltide.options, and `output`. Only the command line reads it; what is said there wins.
"""

from __future__ import annotations

import os
import sys

from calltide import options

OUTPUT = ("output", "output_file")
_MOST = 1 << 20  # bytes of a file: larger ones are none of ours


class Unreadable(ValueError):
    """The message is for people and names the file."""


def load(folder: str) -> tuple[str | None, dict]:
    """The nearest file and what it says: {option: value}, `output` among them; (None, {}) if there is none. Raises
    Unreadable."""
    while True:
        for name in ("calltide.toml", "pyproject.toml"):
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                table = _read(path, "" if name == "calltide.toml" else "tool.calltide")
                if table is not None:
                    return path, _checked(path, table)
        above = os.path.dirname(folder)
        if above == folder:
            return None, {}
        folder = above


def _read(path: str, section: str) -> dict | None:
    try:
        with open(path, "rb") as file:
            content = file.read(_MOST + 1)
    except OSError as error:
        if section:
            return None  # somebody else's file
        raise Unreadable("%s cannot be read: %s" % (path, error.strerror)) from None
    if len(content) > _MOST:
        if section:
            return None
        raise Unreadable("%s is larger than 1 MB: that is no configuration file" % path)
    if section and b"tool" not in content:
        return None
    try:
        text = content.decode("utf-8").replace("\r\n", "\n")
        return _table(text, section)
    except ValueError as error:
        if section and b"calltide" not in content:
            return None
        raise Unreadable("%s cannot be understood: %s" % (path, error)) from None


def _table(text: str, section: str) -> dict | None:
    if sys.version_info >= (3, 11):
        import tomllib

        table = tomllib.loads(text)
        for key in section.split(".") if section else ():
            table = table.get(key) if isinstance(table, dict) else None
        return table if isinstance(table, dict) else None
    return parse(text, section)


def _checked(path: str, table: dict) -> dict:
    out = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if name in OUTPUT:
            if not isinstance(value, str) or not value:
                raise Unreadable("%s: output: give a file name" % path)
            out["output"] = value
            continue
        if name in options.WITHOUT_EFFECT:
            continue
        if name not in options.BY_NAME:
            raise Unreadable("%s: there is no option %s%s" % (path, key, options.did_you_mean(name)))
        option, negated = options.BY_NAME[name]
        try:
            converted = options.convert(option, value)
        except options.BadOption as error:
            raise Unreadable("%s: %s" % (path, error)) from None
        if option.kind == options.FLAG:
            out[option.name] = converted is not negated
        else:
            out[option.name] = value
    return out


# ---------------------------------------------------------------- before Python 3.11
def parse(text: str, section: str) -> dict | None:
    """One flat table of TOML: `key = value`, with strings, whole numbers, floats, booleans and lists of these. None: the
    section is not there. Raises ValueError. What other tables hold is passed over."""
    table: dict | None = {} if not section else None
    here = not section
    lines = iter(text.split("\n"))
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            name = line[1:line.find("]")].strip() if "]" in line else ""
            here = ".".join(p.strip().strip("\"'") for p in name.split(".")) == section
            if here and table is None:
                table = {}
            elif not section and not line.startswith("[["):
                raise ValueError("line %d: tables are not known here, only key = value" % number)
            continue
        for quotes in ('"""', "'''"):  # a text of several lines, in a table that is not ours
            if not here and line.count(quotes) == 1:
                for line in lines:
                    if quotes in line:
                        break
        if not here or table is None:
            continue
        key, equals, rest = line.partition("=")
        key, rest = key.strip().strip("\"'"), _without_comment(rest).strip()
        if not equals or not key:
            raise ValueError("line %d: %r is not key = value" % (number, line[:40]))
        while rest.startswith("[") and not _closed(rest):
            try:
                rest += " " + _without_comment(next(lines)).strip()
            except StopIteration:
                raise ValueError("line %d: the list of %s has no end" % (number, key)) from None
        value, rest = _value(rest, number)
        if rest:
            raise ValueError("line %d: %r stands behind the value of %s" % (number, rest[:40], key))
        if key in table:
            raise ValueError("line %d: %s stands there twice" % (number, key))
        table[key] = value
    return table


def _string_end(text: str, start: int) -> int:
    """The place of the closing quote of the string that opens at `start`; -1 if there is none."""
    at = start + 1
    while at < len(text):
        if text[at] == "\\" and text[start] == '"':
            at += 1
        elif text[at] == text[start]:
            return at
        at += 1
    return -1


def _without_comment(line: str) -> str:
    at = 0
    while at < len(line):
        if line[at] in "\"'":
            end = _string_end(line, at)
            at = len(line) if end < 0 else end
        elif line[at] == "#":
            return line[:at]
        at += 1
    return line


def _closed(text: str) -> bool:
    at = depth = 0
    while at < len(text):
        if text[at] in "\"'":
            end = _string_end(text, at)
            if end < 0:
                return True  # _value() says what is wrong
            at = end
        else:
            depth += {"[": 1, "]": -1}.get(text[at], 0)
            if depth == 0:
                return True
        at += 1
    return False


_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "r": "\r", "b": "\b", "f": "\f"}


def _value(text: str, number: int):
    """(value, what stands behind it)"""
    if text[:1] in ("'", '"'):
        end = _string_end(text, 0)
        if end < 0 or text.startswith(('"""', "'''")):
            raise ValueError("line %d: the string has no end" % number)
        return _unescaped(text[1:end], number) if text[0] == '"' else text[1:end], text[end + 1:].strip()
    if text[:1] == "[":
        items, rest = [], text[1:].strip()
        while not rest.startswith("]"):
            if rest.startswith("["):
                raise ValueError("line %d: a list within a list" % number)
            item, rest = _value(rest, number)
            items.append(item)
            if rest.startswith(","):
                rest = rest[1:].strip()
            elif not rest.startswith("]"):
                raise ValueError("line %d: the list has no end" % number)
        return items, rest[1:].strip()
    end = 0
    while end < len(text) and text[end] not in " ,]\t":
        end += 1
    word, rest = text[:end], text[end:].strip()
    if word in ("true", "false"):
        return word == "true", rest
    for kind in (int, float):
        try:
            return kind(word), rest
        except ValueError:
            pass
    raise ValueError("line %d: %r is no value; text stands in quotes" % (number, word))


def _unescaped(text: str, number: int) -> str:
    out, at = [], 0
    while at < len(text):
        c = text[at]
        at += 1
        if c != "\\":
            out.append(c)
            continue
        c = text[at:at + 1]
        digits = {"u": 4, "U": 8}.get(c)
        try:
            out.append(_ESCAPES[c] if digits is None else chr(int(text[at + 1:at + 1 + digits], 16)))
        except (KeyError, ValueError, OverflowError):
            raise ValueError("line %d: \\%s is no escape" % (number, c)) from None
        at += 1 + (digits or 0)
    return "".join(out)
