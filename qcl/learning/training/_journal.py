r"""The file of a run: sealed lines, written by one process at a time.

Each line is a JSON object. Its first member, ``sha256``, is the checksum of
the rest of the line and of the checksum before it, so a line that was
changed, doubled, left out or moved breaks the chain. Lines are only ever
appended: a process that is killed leaves at most a last line without its
end, which does not count and is overwritten by the next. Nothing is written
to a file before its lines are known to be whole. Python's floats survive
JSON to the last bit.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from qcl._checks import kind_of

_HEAD = '{"sha256": "'
_SEALED = len(_HEAD) + 64 + len('", ')


class Journal:
    """A file of sealed lines.

    Parameters
    ----------
    path : str or path
        Where; nothing is read or written yet.

    Raises
    ------
    TypeError
        If it is no path.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        if not isinstance(path, str | os.PathLike):
            raise TypeError(
                "expected the path of a record, for example 'run.jsonl', got "
                f"{kind_of(path)}"
            )
        self.path = Path(path)
        self._seal = ""  # the checksum that the next line continues
        self._end = 0  # bytes of whole lines

    def exists(self) -> bool:
        """Whether there is something at the path."""
        return self.path.exists()

    def read(self) -> list[dict[str, Any]]:
        """Return the entries of all whole lines.

        Raises
        ------
        FileNotFoundError
            If there is no file.
        ValueError
            If it is not a record, or one that was changed or damaged.
        """
        if not self.exists():
            raise FileNotFoundError(f"there is no record {self.path}")
        if not self.path.is_file():
            raise ValueError(f"{self.path} is not a file; name another one")
        lines = self.path.read_bytes().split(b"\n")[:-1]
        if not lines or not lines[0].startswith(_HEAD.encode()):
            raise ValueError(f"{self.path} {_wrong_kind(lines)}")
        seal = ""
        for number, line in enumerate(lines, 1):
            body = b"{" + line[_SEALED:]
            seal = _checksum(seal, body)
            if line != _line(seal, body):
                place = "the whole file" if number == 1 else "it and the rest"
                raise ValueError(
                    f"{self.path}, line {number} of {len(lines)}, does not "
                    "fit its checksum: it was changed, moved or damaged "
                    f"after it was written; delete {place}, or name another "
                    "file"
                )
        self._seal = seal
        self._end = sum(len(line) + 1 for line in lines)
        return [json.loads(b"{" + line[_SEALED:]) for line in lines]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes out while lines are written.

        Raises
        ------
        BlockingIOError
            If another process is writing.
        FileNotFoundError, PermissionError
            If the file could not be written.
        """
        folder = self.path.absolute().parent
        if not folder.is_dir():
            raise FileNotFoundError(
                f"the record {self.path} cannot be written: there is no "
                f"folder {folder}; make it first"
            )
        lock = FileLock(f"{self.path}.lock")
        try:
            if self.exists() and not os.access(self.path, os.W_OK):
                raise PermissionError("the file is read-only")
            lock.acquire(timeout=0)
        except Timeout:
            raise BlockingIOError(
                f"another process is writing the record {self.path}; wait "
                "for it, or name another file"
            ) from None
        except OSError as error:
            raise PermissionError(
                f"the record {self.path} cannot be written: {error}; name a "
                "file in a folder that can be written"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def begin(self, entry: dict[str, Any]) -> None:
        """Make the file, with its first line."""
        self._write(entry, "xb")

    def add(self, entry: dict[str, Any]) -> None:
        """Append a line after those that were read or written."""
        self._write(entry, "r+b")

    def _write(self, entry: dict[str, Any], mode: str) -> None:
        body = json.dumps(entry).encode()
        seal = _checksum(self._seal, body)
        line = _line(seal, body) + b"\n"
        try:
            with self.path.open(mode) as file:
                file.seek(self._end)
                file.truncate()  # a last line that was not finished
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            error.filename = error.filename or str(self.path)
            raise
        self._seal, self._end = seal, self._end + len(line)


def _checksum(before: str, body: bytes) -> str:
    return sha256(before.encode() + body).hexdigest()


def _line(seal: str, body: bytes) -> bytes:
    return f'{_HEAD}{seal}", '.encode() + body[1:]


def _wrong_kind(lines: list[bytes]) -> str:
    """Say what a file is that has no seal."""
    try:
        head = json.loads(lines[0])
    except (ValueError, IndexError):
        head = None
    if isinstance(head, dict) and "fingerprint" in head:
        return (
            "was written before records had checksums, so that it cannot be "
            "told whether it is whole; delete it and run again, or name "
            "another file"
        )
    return (
        "is not the record of a training run; name another file, or delete "
        "this one"
    )
