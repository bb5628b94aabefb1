"""A slice of the mutation study: small faults in real layers are flagged."""
import json
import os

import pytest
from reference_cases_test import run_script

# Every class of each release, over the days of a month.
EACH = 30
DAY = int(os.environ.get("KERASAN_DAY", "0"))


@pytest.mark.parametrize("env", ["keras3", "tf-2.15.0"])
def test_faults_are_flagged(env, tmp_path):
    told = tmp_path / "mutations.json"
    done = run_script(env, "run_mutations.py",
                      ["--slice", "%d/%d" % (DAY % EACH, EACH), "--json", str(told)], 600)
    text = done.stdout.decode(errors="replace")
    assert done.returncode == 0, text[-3000:]
    results = json.loads(told.read_text())
    missed = [r["fault"] for r in results if not r["flagged"]]
    assert len(results) >= 10 and len(missed) <= len(results) // 20, text[-3000:]
