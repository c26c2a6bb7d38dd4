# SPDX-License-Identifier: Apache-2.0
# What the application has a running program read, with `request = "…"` in front. It may be read more than once: the first
# who claims the request does it. Nothing may be raised, printed or left behind. The recorder hides modules with the name
# __calltide_boot__ in them, and all that they call.
def __calltide_boot__(request):
    import _signal
    import _thread
    import posix
    import sys

    fields = {}
    for part in request.split(";"):
        key, _, value = part.partition("=")
        fields[key] = bytes.fromhex(value).decode("utf-8", "surrogateescape")
    # A fork has the requests, too, that its parent has not come to yet.
    if "pid" in fields and int(fields["pid"]) != posix.getpid():
        return
    # Handlers of signals can be set in the main thread only, which has been told too.
    if "main" in fields and _thread.get_native_id() != posix.getpid():
        return
    flags = posix.O_CREAT | posix.O_EXCL | posix.O_WRONLY | posix.O_NOFOLLOW | posix.O_CLOEXEC
    try:
        posix.close(posix.open(fields["claim"], flags, 0o600))
    except OSError:
        return
    interrupted = False
    no_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    mask = ()
    try:
        # The program's handlers are to run, and to raise, in its own code.
        mask = _signal.pthread_sigmask(_signal.SIG_BLOCK, _signal.valid_signals())
    except (OSError, ValueError):
        pass
    try:
        known = "calltide.session" in sys.modules
        if not known:
            sys.path.insert(0, fields["root"])
        try:
            from calltide import attached
        finally:
            if not known and fields["root"] in sys.path:
                sys.path.remove(fields["root"])
        answer = attached.answer(fields, sys._getframe())
    except KeyboardInterrupt:
        interrupted = True
        answer = {"error": "it was interrupted"}
    except BaseException as error:
        answer = {"error": "%s: %s" % (type(error).__name__, error)}
    try:
        text = ";".join(k + "=" + v.encode("utf-8", "surrogateescape").hex() for k, v in answer.items())
        file = posix.open(fields["answer"] + ".new", flags, 0o600)
        try:
            posix.write(file, text.encode())
        finally:
            posix.close(file)
        posix.rename(fields["answer"] + ".new", fields["answer"])
    except OSError:
        pass  # nobody waits any more
    sys.dont_write_bytecode = no_bytecode
    if mask != ():
        _signal.pthread_sigmask(_signal.SIG_SETMASK, mask)
    if interrupted:
        _thread.interrupt_main()


try:
    __calltide_boot__(request)  # noqa: F821
except BaseException:
    pass
