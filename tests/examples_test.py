"""Seven ordinary programs: found on the releases that are silently wrong, quiet on the others."""
import json

import pytest

from conftest import QUICK, ROOT

EXAMPLES = ROOT / "tests" / "examples"
TABLE = json.loads((EXAMPLES / "expect.json").read_text())


def pairs():
    for row in TABLE:
        has, has_not = row["has"], row["has_not"]
        if QUICK:
            has, has_not = has[:1], has_not[:1]
        for env in has:
            yield pytest.param(row, env, True, id="%s-on-%s" % (row["program"], env))
        for env in has_not:
            yield pytest.param(row, env, False, id="%s-not-on-%s" % (row["program"], env))


@pytest.mark.parametrize("row,env,expected", list(pairs()))
def test_example(watched, row, env, expected):
    run = watched(env, EXAMPLES / row["program"])
    assert run.report is not None, run.told()
    assert run.report["program"]["exit"] == 0, run.told()
    assert (row["scenario"] in run.scenarios()) == expected, run.told()
    if expected:
        assert run.status == 1, run.told()
        place = [f for f in run.report["findings"] if f["scenario"] == row["scenario"]][0]
        assert str(place["where"].get("file", "")).endswith(row["program"]), place["where"]
    else:
        assert run.status in (0, 1), run.told()
        assert run.report["coverage"]["checked"] > 0, run.told()
