"""Files that only their owner may read, whatever the process would grant to others."""

import os
from pathlib import Path
from typing import BinaryIO

OWNER_ONLY_FOLDER = 0o700
OWNER_ONLY_FILE = 0o600


def private_folder(folder: Path) -> None:
    """Make `folder`, and those above it that are not there, for their owner only."""
    if not folder.exists():
        private_folder(folder.parent)
        folder.mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)


def new_private_file(path: Path) -> BinaryIO:
    """Open a new file for writing, for its owner only; FileExistsError where there is one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY_FILE)
    return os.fdopen(descriptor, "wb")
