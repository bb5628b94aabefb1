"""Models saved by real releases: their files are sound, and differ from the reloaded model's file
exactly where the release's own reload does."""
import os
import shutil
import subprocess
import sys

import pytest

from conftest import QUICK, ROOT, python_of, quiet_environment

sys.path.insert(0, str(ROOT / "tests" / "files"))
from judge import Judged, kerasan  # noqa: E402

NIGHTLY = os.environ.get("KERASAN_NIGHTLY") == "1"
COUNT = int(os.environ.get("KERASAN_MODELS", "200" if NIGHTLY else "7"))
ENVS = ["keras3"] if QUICK else ["keras3", "tf-2.15.0", "tf-2.9.0", "tf-2.3.0", "tf-1.15.0"]


def changed_value(folder, name):
    """A copy of a SavedModel with one byte of its values changed."""
    changed = folder / "changed"
    shutil.copytree(name, str(changed))
    data = sorted((changed / "variables").glob("variables.data-*"))[-1]
    whole = bytearray(data.read_bytes())
    whole[2] ^= 0x40
    data.write_bytes(bytes(whole))
    return changed


@pytest.mark.parametrize("env", ENVS)
def test_round_trips(tmp_path, env):
    subprocess.run([python_of(env), str(ROOT / "tests" / "files" / "make_models.py"), str(tmp_path),
                    str(COUNT), "1", "1" if NIGHTLY else "6"], env=quiet_environment(), check=True,
                   timeout=7000 if NIGHTLY else 900, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    judged = Judged(tmp_path)
    assert not judged.disagreements, "\n".join(judged.disagreements)
    assert len(judged.rows) >= 2 * COUNT and judged.predicted
    assert all(any(row["resaved"] for row in judged.rows if row["format"] == kind)
               for kind in ("weights", "checkpoint"))
    saved = judged.models["model000"]["savedmodel"]["saved"]
    changed = changed_value(tmp_path, saved)
    status, _, err = kerasan("check", changed)
    assert status == 1 and "checksum" in err, err
    assert kerasan("diff", saved, changed)[0] == 1
