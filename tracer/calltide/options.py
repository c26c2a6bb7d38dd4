# SPDX-License-Identifier: Apache-2.0
"""All options of a recording, in one table: for the command line, configuration files, Tracer() and child processes.

Imports nothing but sys: parts of it run at the start of every traced program, which must not find modules loaded that
it did not load itself.
"""

from __future__ import annotations

import sys

FLAG, NUMBER, SIZE, DURATION, PATTERNS = "flag", "number", "size", "duration", "patterns"
CONDITIONS = "conditions"
LISTS = (PATTERNS, CONDITIONS)

GROUPS = ("What is recorded", "What is left out", "How much", "Processes", "When")


class Option:
    """name: as in Tracer() and configuration files; the command line has it with "-" as well as "_" between words.
    kind: flag (bool), number (int), size (bytes), duration (ns), patterns or conditions (lists of str). aliases: names
    with the same meaning. negated: names of a flag that switch it off."""

    def __init__(self, name, kind, default, group, help, metavar="", aliases=(), negated=()):
        self.name, self.kind, self.default, self.group, self.help = name, kind, default, group, help
        self.metavar, self.aliases, self.negated = metavar, aliases, negated


OPTIONS = (
    Option("python_only", FLAG, False, 0, "Python functions only, no C functions: faster, smaller",
           aliases=("ignore_c_function",)),
    Option("log_func_args", FLAG, False, 0, "the arguments of every call"),
    Option("log_func_retval", FLAG, False, 0, "what every call returns"),
    Option("args_of", PATTERNS, [], 0, "arguments and results of these functions only", "PATTERN"),
    Option("use_repr", FLAG, False, 0, "arguments by their own repr(), which runs code of the program"),
    Option("log_exceptions", FLAG, True, 0, "exceptions, where they are raised", aliases=("log_exception",),
           negated=("no_exceptions",)),
    Option("log_async", FLAG, True, 0, "tasks of asyncio and trio", negated=("no_async",)),
    Option("log_gc", FLAG, True, 0, "garbage collections", negated=("no_gc",)),
    Option("log_gil", FLAG, True, 0, "when threads wait for the interpreter's lock (GIL)", negated=("no_gil",)),
    Option("log_imports", FLAG, True, 0, "imports of modules", negated=("no_imports",)),
    Option("log_memory", FLAG, True, 0, "memory and processor time of the process", negated=("no_memory",)),
    Option("log_call_line", FLAG, False, 0, "the line from which each call is made"),
    Option("include_files", PATTERNS, [], 1, "only code of these files", "PATTERN"),
    Option("exclude_files", PATTERNS, [], 1, "no code of these files", "PATTERN"),
    Option("include_functions", PATTERNS, [], 1, "only these functions", "PATTERN"),
    Option("exclude_functions", PATTERNS, [], 1, "none of these functions", "PATTERN"),
    Option("log_sparse", FLAG, False, 1, "only functions that are decorated with @calltide.log_sparse"),
    Option("my_code_only", FLAG, False, 1, "not the standard library, not installed packages", aliases=("my_code",)),
    Option("ignore_frozen", FLAG, False, 1, "no frozen modules, such as the import system"),
    Option("max_depth", NUMBER, 0, 2, "only this many calls deep (0: all)", "N", aliases=("max_stack_depth",)),
    Option("min_duration", DURATION, 0, 2, "only calls that take at least this long", "TIME"),
    Option("ring", SIZE, 0, 2, "keep this much of each process: the newest calls; names and sources come on top", "SIZE"),
    Option("stop_when_full", SIZE, 0, 2, "each process stops recording when its file is this large", "SIZE"),
    Option("adaptive", FLAG, False, 2, "leave out functions that turn out to be short (Python 3.12 and newer)"),
    Option("children", FLAG, True, 3, "the processes that the program starts", aliases=("follow_children",),
           negated=("no_children", "ignore_multiprocess")),
    Option("attach_children", FLAG, True, 3, "children that are out of reach (python -I, env -i), by attaching to them",
           negated=("no_attach_children",)),
    Option("include_children", PATTERNS, [], 3, "only children with these command lines", "PATTERN"),
    Option("exclude_children", PATTERNS, [], 3, "no children with these command lines", "PATTERN"),
    Option("start_when", CONDITIONS, [], 4, "record nothing until this happens", "CONDITION"),
    Option("stop_when", CONDITIONS, [], 4, "record until this happens; a ring keeps what came before", "CONDITION"),
)

BY_NAME = {}
for _option in OPTIONS:
    for _name in (_option.name,) + tuple(_option.aliases):
        BY_NAME[_name] = (_option, False)
    for _name in _option.negated:
        BY_NAME[_name] = (_option, True)


# Names of VizTracer's that ask for what is so in any case; on the command line, True: with a value.
WITHOUT_EFFECT = {"dump_raw": False, "file_info": False, "log_exit": False, "log_multiprocess": False, "log_subprocess": False,
                  "minimize_memory": False, "pid_suffix": False, "quiet": False, "sanitize_function_name": False,
                  "tracer_entries": True, "unique_output_file": False}


class BadOption(ValueError):
    """An option or a value that does not exist; the message is for people."""


_SIZES = {"": 1, "b": 1, "k": 1 << 10, "kb": 1 << 10, "m": 1 << 20, "mb": 1 << 20, "g": 1 << 30, "gb": 1 << 30}
_TIMES = {"ns": 1, "us": 1000, "µs": 1000, "ms": 10**6, "s": 10**9, "": 1000}  # a bare number is µs, as VizTracer's


def _measure(name, text, units, example):
    text = str(text).strip().lower()
    digits = len(text) - len(text.lstrip("0123456789."))
    try:
        factor = units[text[digits:].strip().replace("ib", "b")]
        value = float(text[:digits]) * factor
    except (KeyError, ValueError):
        raise BadOption("%s: %r is not understood; write it like %s" % (name, text, example)) from None
    if value > 2**62:
        raise BadOption("%s: %s is too much" % (name, text))
    return int(round(value))


def condition(name, text):
    """enter:PATTERN, longer:TIME[:PATTERN], raise:TYPE, after:TIME or signal:NAME, with times in ns and signals as numbers."""
    kind, _, rest = text.strip().partition(":")
    rest = rest.strip()
    if kind in ("enter", "raise") and rest:
        return kind + ":" + rest
    if kind == "after" and rest:
        return "after:%dns" % _measure(name, rest, dict(_TIMES, **{"": 10**9}), "after:5s")
    if kind == "longer" and rest:
        time, colon, pattern = rest.partition(":")
        return "longer:%dns%s" % (_measure(name, time, _TIMES, "longer:20ms"), colon and pattern and ":" + pattern)
    if kind == "signal" and rest:
        import _signal

        word = rest.upper()
        number = int(word) if word.isdigit() else getattr(_signal, word if word.startswith("SIG") else "SIG" + word, 0)
        if 0 < number < 65 and number not in (9, 19):
            return "signal:%d" % number
        raise BadOption("%s: %s is no signal that can be waited for" % (name, rest))
    raise BadOption("%s: %r is not understood; write enter:PATTERN, longer:TIME[:PATTERN], raise:TYPE, after:TIME or "
                    "signal:NAME" % (name, text))


def convert(option, value):
    """A value from the command line, a file or a call, as the option's kind wants it. Raises BadOption."""
    name, kind = option.name, option.kind
    if kind == FLAG:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in ("1", "true", "yes", "on"):
            return True
        if isinstance(value, str) and value.lower() in ("0", "false", "no", "off"):
            return False
        raise BadOption("%s: %r is neither true nor false" % (name, value))
    if kind == CONDITIONS:
        given = [] if value is None else [value] if isinstance(value, str) else value
        if isinstance(given, (list, tuple)) and all(isinstance(v, str) for v in given):
            return [condition(name, v) for v in given if v.strip()]
        raise BadOption("%s: give a list of conditions" % name)
    if kind == PATTERNS:
        if value is None:
            return []
        if isinstance(value, str):
            return [p.strip() for p in value.split(",") if p.strip()]
        if isinstance(value, (list, tuple)) and all(isinstance(v, str) and v for v in value):
            return list(value)
        raise BadOption("%s: give a list of patterns" % name)
    if isinstance(value, bool) or value is None:
        raise BadOption("%s: %r is not a number" % (name, value))
    if kind == SIZE:
        return _measure(name, value, _SIZES, "64MB")
    if kind == DURATION:
        return _measure(name, value, _TIMES, "10us or 2ms")
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise BadOption("%s: %r is not a number" % (name, value)) from None
    return max(0, number)  # VizTracer's -1 is "all"


def defaults():
    return {o.name: list(o.default) if o.kind in LISTS else o.default for o in OPTIONS}


def complete(given):
    """All options, with what is given in place of the defaults; aliases are resolved. Raises BadOption."""
    values = defaults()
    for name, value in given.items():
        if name not in BY_NAME:
            raise BadOption("there is no option %s%s" % (name, did_you_mean(name)))
        option, negated = BY_NAME[name]
        converted = convert(option, value)
        values[option.name] = not converted if negated else converted
    if values["args_of"] and not values["log_func_args"] and not values["log_func_retval"]:
        values["log_func_args"] = values["log_func_retval"] = True  # naming functions asks for theirs
    if sys.version_info < (3, 12) and any(c.startswith("raise:") for c in values["start_when"] + values["stop_when"]):
        values["python_only"] = True  # only that hook sees exceptions there
    if values["ring"] and values["stop_when_full"]:
        raise BadOption("ring and stop_when_full exclude each other: choose one")
    for name, least in (("ring", "1MB"), ("stop_when_full", "256KB")):
        if 0 < values[name] < convert(BY_NAME[name][0], least):
            raise BadOption("%s: %s is the least" % (name, least))
    return values


def did_you_mean(name, before=""):
    """before: the option's dashes, on a command line."""
    import difflib

    near = difflib.get_close_matches(name, BY_NAME, 1, 0.6)
    return "; did you mean %s?" % (before + near[0].replace("_", "-") if before else near[0]) if near else ""


def take(argument, rest, given):
    """Tries `argument` (of a command line) as an option and puts it into `given`; a value may come from `rest`, which
    loses it then. False: it is none of ours. Raises BadOption."""
    if not argument.startswith("--"):
        return False
    word, equals, value = argument[2:].partition("=")
    name = word.replace("-", "_")
    if name in WITHOUT_EFFECT:
        if WITHOUT_EFFECT[name] and not equals and rest:
            del rest[0]
        return True
    if name not in BY_NAME:
        return False
    option, negated = BY_NAME[name]
    if option.kind == FLAG:
        on = convert(option, value) if equals else True
        given[option.name] = on is not negated
        return True
    if not equals:
        if not rest:
            raise BadOption("--%s needs a value" % word)
        value = rest.pop(0)
    converted = convert(option, value)
    if option.kind in LISTS:
        given[option.name] = given.get(option.name, []) + converted
    else:
        given[option.name] = value  # as it was said: complete() converts, once
    return True


def encode(values):
    """What differs from the defaults, as one string; decode() is its inverse."""
    parts = []
    for option in OPTIONS:
        value = values[option.name]
        if value == option.default:
            continue
        text = "\x1d".join(value) if option.kind in LISTS else str(int(value))
        parts.append(option.name + "=" + text)
    return "\x1e".join(parts)


def decode(text):
    values = defaults()
    for part in text.split("\x1e") if text else ():
        name, _, value = part.partition("=")
        if name not in BY_NAME:
            continue  # of a newer version
        option = BY_NAME[name][0]
        values[name] = (value.split("\x1d") if option.kind in LISTS
                        else bool(int(value)) if option.kind == FLAG else int(value))
    return values


def usage(whole_names=sys.version_info >= (3, 11)):
    """The options as the command line's help shows them. whole_names: a function knows its class."""
    lines = []
    for number, group in enumerate(GROUPS):
        lines.append("%s:" % group)
        for option in OPTIONS:
            if option.group != number:
                continue
            on = option.kind == FLAG and option.default
            word = "--" + (option.negated[0] if on else option.name).replace("_", "-")
            if option.metavar:
                word += " " + option.metavar
            text = ("not: " if on else "") + option.help
            lines.append("  %-28s %s" % (word, text) if len(word) < 28 else "  %s\n  %-28s %s" % (word, "", text))
        lines.append("")
    lines.append("A PATTERN is a glob (*/tests/*, Shop.*), or a regular expression after re:. An option may stand several\n"
                 "times. TIME: 10us, 2ms. SIZE: 64MB.%s\n"
                 "A CONDITION is one of enter:PATTERN (a Python function is called), longer:TIME[:PATTERN] (a call took longer),\n"
                 "raise:TYPE (an exception), after:TIME (since the start), signal:NAME (USR1). VizTracer's names of options are understood too."
                 % (" Before Python 3.11, as here, a function is known by its name\nalone: order, not Shop.order." if not whole_names else ""))
    return "\n".join(lines) + "\n"
