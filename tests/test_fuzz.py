"""A short run of `benchmarks/fuzz_readers.py`: damaged files of every format, always a result."""

import pytest

from benchmarks import fuzz_corpus, fuzz_readers
from ecgcore.io import FORMATS

INPUTS = 25


@pytest.fixture(scope="module")
def corpus(shared) -> list[fuzz_corpus.Seed]:
    return fuzz_corpus.seeds(shared / "samples")


def test_there_is_a_file_to_start_from_for_every_format(corpus):
    assert {seed.format for seed in corpus} == {fmt.name for fmt in FORMATS} | {fuzz_corpus.ZIP}


@pytest.mark.parametrize("name", [*(fmt.name for fmt in FORMATS), fuzz_corpus.ZIP])
def test_damaged_files_are_read_or_refused_with_a_sentence(corpus, name: str):
    outcome = fuzz_readers.fuzz(name, corpus, INPUTS, fuzz_readers.SEED)
    assert outcome.inputs == INPUTS
    assert not outcome.uncaught
    assert all(sentence.endswith(".") for sentence in outcome.refused)
    assert sum(outcome.refused.values()) > 0


def test_an_exception_that_a_reader_lets_through_is_counted(corpus, monkeypatch):
    def fail(_files, **_options):
        raise MemoryError

    monkeypatch.setattr(fuzz_readers, "read_files", fail)
    outcome = fuzz_readers.fuzz("table", corpus, 3, fuzz_readers.SEED)
    assert sum(outcome.uncaught.values()) == 3
