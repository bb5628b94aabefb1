"""A slice of the mutation study of the framework: small faults of each kind are flagged."""
import sys

import pytest

from conftest import ROOT

sys.path.insert(0, str(ROOT / "tests" / "mutation"))

import study  # noqa: E402

# One release, one healthy run for each program: files, shown text, and a patch.
SLICE = ["an orphan dataset in hdf5", "a kernel is stored transposed", "an epoch counter off by one",
         "a loss on the bar is not the logged one", "fit runs one epoch less"]
PAGE = ROOT / "docs" / "framework-faults.md"


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return study.Release("tf-2.15.0", tmp_path_factory.mktemp("faults"))


@pytest.mark.parametrize("name", SLICE)
def test_a_fault_is_flagged(release, name):
    found = release.judge(study.table()[name])
    assert found.outcome == "flagged", found


def test_the_page_lists_every_fault():
    rows = PAGE.read_text().split("| fault |")[1].split("\n")
    listed = [line.split(" | ")[0][2:] for line in rows if line.startswith("| ")]
    assert sorted(listed) == sorted(study.table())
