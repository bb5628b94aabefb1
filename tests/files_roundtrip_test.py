"""Models saved by real releases: their files are sound, and differ from the reloaded model's file
exactly where the release's own reload does."""
import json
import os
import subprocess

import pytest

from conftest import KERASAN, QUICK, ROOT, python_of, quiet_environment

NIGHTLY = os.environ.get("KERASAN_NIGHTLY") == "1"
COUNT = int(os.environ.get("KERASAN_MODELS", "200" if NIGHTLY else "7"))
ENVS = ["keras3"] if QUICK else ["keras3", "tf-2.15.0", "tf-2.3.0", "tf-1.15.0"]
# Whether the model is compiled the same is another rule's business.
PARTS = ("architecture", "weights")


def kerasan(*arguments):
    done = subprocess.run([str(KERASAN)] + [str(a) for a in arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def differences(first, second):
    status, out, err = kerasan("diff", "--json", "-", first, second)
    assert status in (0, 1), err
    told = json.loads(out)
    assert status == (1 if told["differences"] else 0)
    assert told["alike"].get("weights", 0) > 0, told
    return [d for d in told["differences"] if d["part"] in PARTS]


@pytest.mark.parametrize("env", ENVS)
def test_round_trips(tmp_path, env):
    subprocess.run([python_of(env), str(ROOT / "tests" / "files" / "make_models.py"), str(tmp_path),
                    str(COUNT), "1"], env=quiet_environment(), check=True, timeout=3000,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    rows = json.loads((tmp_path / "index.json").read_text())
    assert len(rows) >= 2 * COUNT
    whole = {}
    for row in rows:
        status, out, err = kerasan("check", row["saved"])
        # Weights alone are all that can be checked in a file without a config.
        assert status == 0, (row, err)
        if row["format"] != "weights":
            whole.setdefault(row["name"], []).append(row["saved"])
        if row["resaved"]:
            assert (not differences(row["saved"], row["resaved"])) == row["weights_equal"], row
    assert any(row["resaved"] for row in rows)
    for files in whole.values():  # one model, two formats
        if len(files) == 2:
            assert not differences(*files), files
