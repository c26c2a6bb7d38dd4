# SPDX-License-Identifier: Apache-2.0
from calltide.events import ignore_function as ignore_function
from calltide.events import log_counter as log_counter
from calltide.events import log_event as log_event
from calltide.events import log_instant as log_instant
from calltide.events import log_sparse as log_sparse
from calltide.events import log_var as log_var
from calltide.events import trace_and_save as trace_and_save
from calltide.tracer import Tracer as Tracer
from calltide.tracer import get_tracer as get_tracer

__version__: str
__all__: list[str]
