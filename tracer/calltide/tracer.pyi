# SPDX-License-Identifier: Apache-2.0
import os
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

from calltide.events import log_event

_F = TypeVar("_F", bound=Callable[..., Any])

class Tracer:
    path: str | None
    def __init__(
        self,
        output: str | os.PathLike[str] | None = None,
        *,
        output_file: str | None = None,
        process_name: str | None = None,
        # those of calltide.options
        python_only: bool = ...,
        ignore_c_function: bool = ...,
        log_func_args: bool = ...,
        log_func_retval: bool = ...,
        args_of: list[str] | str | None = ...,
        use_repr: bool = ...,
        log_exceptions: bool = ...,
        log_exception: bool = ...,
        no_exceptions: bool = ...,
        log_async: bool = ...,
        no_async: bool = ...,
        log_gc: bool = ...,
        no_gc: bool = ...,
        log_gil: bool = ...,
        no_gil: bool = ...,
        log_imports: bool = ...,
        no_imports: bool = ...,
        log_memory: bool = ...,
        no_memory: bool = ...,
        log_call_line: bool = ...,
        include_files: list[str] | str | None = ...,
        exclude_files: list[str] | str | None = ...,
        include_functions: list[str] | str | None = ...,
        exclude_functions: list[str] | str | None = ...,
        log_sparse: bool = ...,
        my_code_only: bool = ...,
        my_code: bool = ...,
        ignore_frozen: bool = ...,
        max_depth: int = ...,
        max_stack_depth: int = ...,
        min_duration: float | str = ...,
        ring: int | str = ...,
        stop_when_full: int | str = ...,
        adaptive: bool = ...,
        children: bool = ...,
        follow_children: bool = ...,
        no_children: bool = ...,
        ignore_multiprocess: bool = ...,
        attach_children: bool = ...,
        no_attach_children: bool = ...,
        include_children: list[str] | str | None = ...,
        exclude_children: list[str] | str | None = ...,
        start_when: list[str] | str | None = ...,
        stop_when: list[str] | str | None = ...,
        # VizTracer's that have no effect
        tracer_entries: object = ...,
        verbose: object = ...,
        file_info: object = ...,
        register_global: object = ...,
        minimize_memory: object = ...,
        pid_suffix: object = ...,
        dump_raw: object = ...,
        sanitize_function_name: object = ...,
        trace_self: object = ...,
        report_endpoint: object = ...,
    ) -> None: ...
    def start(self) -> None: ...
    def stop(self, stop_option: str | None = None) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def clear(self) -> None: ...
    def save(self, output_file: str | os.PathLike[str] | None = None) -> str: ...
    @property
    def enable(self) -> bool: ...
    def log_instant(self, name: str, args: object = None, scope: str = "t", cond: bool = True) -> None: ...
    def log_var(self, name: str, var: object, cond: bool = True) -> None: ...
    def log_counter(
        self, name: str, value: float | dict[str, int] | dict[str, float], cond: bool = True
    ) -> None: ...
    def log_event(self, name: str) -> log_event: ...
    def add_instant(self, name: str, args: object = None, scope: str = "t", cond: bool = True) -> None: ...
    def add_counter(
        self, name: str, value: float | dict[str, int] | dict[str, float], cond: bool = True
    ) -> None: ...
    def __enter__(self) -> Tracer: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...
    def __call__(self, function: _F) -> _F: ...

def get_tracer() -> Tracer | None: ...
