"""Sealed lines: nothing that was not written is read back."""

import json

import pytest

from qcl.learning.training._journal import Journal

ENTRIES = [{"fingerprint": "f", "x": 0.1}, {"x": 1e-300}, {"x": float("inf")}]


@pytest.fixture
def path(tmp_path):
    journal = Journal(tmp_path / "run.jsonl")
    journal.begin(ENTRIES[0])
    for entry in ENTRIES[1:]:
        journal.add(entry)
    return journal.path


def lines(path):
    return path.read_bytes().splitlines(keepends=True)


def test_what_is_written_is_read(path):
    assert Journal(path).read() == ENTRIES
    assert all(len(json.loads(line)["sha256"]) == 64 for line in lines(path))


def test_a_flipped_bit_is_noticed_in_every_byte(path):
    whole = path.read_bytes()
    for place in range(len(whole) - 1):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        with pytest.raises(ValueError, match=r"run\.jsonl"):
            Journal(path).read()


def test_a_last_line_without_its_end_does_not_count(path):
    path.write_bytes(path.read_bytes()[:-1] + b"\x0b")
    assert Journal(path).read() == ENTRIES[:2]


@pytest.mark.parametrize(
    "order", [(0, 2, 1), (0, 1, 1, 2), (0, 2), (1, 2), (0, 1, 2, 2), (1, 0, 2)]
)
def test_lines_that_are_moved_doubled_or_left_out_are_noticed(path, order):
    whole = lines(path)
    path.write_bytes(b"".join(whole[k] for k in order))
    with pytest.raises(ValueError, match=r"run\.jsonl, line .* checksum"):
        Journal(path).read()


def test_a_line_of_another_record_is_noticed(path):
    other = Journal(path.with_name("other.jsonl"))
    other.begin({"fingerprint": "g"})
    other.add(ENTRIES[1])
    path.write_bytes(lines(path)[0] + lines(other.path)[1])
    with pytest.raises(ValueError, match="line 2 of 2"):
        Journal(path).read()


def test_a_record_goes_on_after_every_cut(path):
    whole = path.read_bytes()
    first = len(lines(path)[0])
    for size in range(first, len(whole) + 1):
        path.write_bytes(whole[:size])
        journal = Journal(path)
        for entry in ENTRIES[len(journal.read()) :]:
            journal.add(entry)
        assert path.read_bytes() == whole
    path.write_bytes(whole[: first - 1])
    with pytest.raises(ValueError, match="not the record"):
        Journal(path).read()


def test_a_record_without_checksums_is_refused_with_a_remedy(path):
    path.write_text(json.dumps(ENTRIES[0]) + "\n")
    with pytest.raises(ValueError, match="before records had checksums"):
        Journal(path).read()


@pytest.mark.parametrize("text", ["", "x\n", "{}\n", '{"a": 1}', "[1]\n"])
def test_what_is_not_a_record_is_refused(path, text):
    path.write_text(text)
    with pytest.raises(ValueError, match="not the record"):
        Journal(path).read()


def test_nothing_that_exists_is_begun(path):
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        Journal(path).begin({})
    assert path.read_bytes() == before


def test_every_error_of_the_disk_names_the_file(path, monkeypatch):
    journal = Journal(path)
    journal.read()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match=r"No space left .*run\.jsonl"):
        journal.add({})
    monkeypatch.undo()
    monkeypatch.setattr("os.access", lambda *_: False)
    with (
        pytest.raises(PermissionError, match=r"run\.jsonl cannot be written"),
        journal.locked(),
    ):
        pass


def test_a_path_is_needed(tmp_path):
    with pytest.raises(TypeError, match="the path of a record"):
        Journal(b"run.jsonl")
    with pytest.raises(FileNotFoundError, match="there is no record"):
        Journal(tmp_path / "none").read()


def test_nothing_is_left_of_a_longer_unfinished_line(path):
    whole = path.read_bytes()
    path.write_bytes(b"".join(lines(path)[:2]) + b"x" * 999)
    journal = Journal(path)
    journal.add(ENTRIES[len(journal.read())])
    assert path.read_bytes() == whole
