# SPDX-License-Identifier: Apache-2.0
from typing import List, Tuple

def start(
    *,
    path: str,
    recording_id: bytes,
    parent_id: bytes,
    child_folder: str,
    python_only: bool,
    hide_stack: bool,
    until_exit: bool,
    ignored: List[str],
    meta: List[Tuple[str, str]],
) -> None: ...
def stop(last: bool = False) -> None: ...
def active() -> bool: ...
def recording_id() -> bytes: ...
def process_id() -> bytes: ...
def keep_source(file: str, text: str) -> None: ...
