"""Models saved by real releases: their files are sound, and differ from the reloaded model's file
exactly where the release's own reload does."""
import json
import os
import shutil
import subprocess

import pytest

from conftest import KERASAN, QUICK, ROOT, python_of, quiet_environment

NIGHTLY = os.environ.get("KERASAN_NIGHTLY") == "1"
COUNT = int(os.environ.get("KERASAN_MODELS", "200" if NIGHTLY else "7"))
ENVS = ["keras3"] if QUICK else ["keras3", "tf-2.15.0", "tf-2.9.0", "tf-2.3.0", "tf-1.15.0"]
# Whether the model is compiled the same is another rule's business.
PARTS = ("architecture", "weights", "predictions")
predicted = set()  # whether predictions could be compared


def kerasan(*arguments):
    done = subprocess.run([str(KERASAN)] + [str(a) for a in arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def differences(first, second, *options):
    status, out, err = kerasan("diff", "--json", "-", first, second, *options)
    assert status in (0, 1), err
    told = json.loads(out)
    assert status == (1 if told["differences"] else 0)
    assert told["alike"].get("weights", 0) > 0, (first, second, told)
    if options:
        predicted.add(told["alike"].get("predictions", 0) > 0)
    return [d for d in told["differences"] if d["part"] in PARTS]


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
    rows = json.loads((tmp_path / "index.json").read_text())
    assert len(rows) >= 2 * COUNT
    models = {}
    for row in rows:
        status, out, err = kerasan("check", row["saved"])
        # Weights alone are all that can be checked in a file without a config.
        assert status == 0, (row, err)
        models.setdefault(row["name"], {})[row["format"]] = row
        if row["resaved"]:
            assert (not differences(row["saved"], row["resaved"])) == row["weights_equal"], row
    assert all(any(row["resaved"] for row in rows if row["format"] == kind)
               for kind in ("weights", "checkpoint"))
    for files in models.values():  # one model in every format
        for row in files.values():
            assert row["error"] is not None or row["weights_equal"], row
            inputs = ("--inputs", row["inputs"])
            assert not differences(files["h5"]["saved"], row["saved"], *inputs), row
    assert True in predicted
    saved = models["model000"]["savedmodel"]["saved"]
    changed = changed_value(tmp_path, saved)
    status, out, err = kerasan("check", changed)
    assert status == 1 and "checksum" in err, err
    assert kerasan("diff", saved, changed)[0] == 1
