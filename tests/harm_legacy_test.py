"""Watching changes nothing on tf.keras 1.14 to 2.1 either."""
import pytest

from conftest import QUICK, ROOT, run_bare, run_watched

HEALTHY = ROOT / "tests" / "corpus" / "healthy"
ENVS = ["tf-1.14.0", "tf-2.0.0", "tf-2.1.0"]
PROGRAMS = ["sequential", "functional", "subclassed", "custom_loop_eager", "stateful_rnn",
            "conv_batchnorm", "dropout_noise", "generator"]
# The custom loop needs eager execution.
PAIRS = [(p, e) for i, p in enumerate(PROGRAMS) for j, e in enumerate(ENVS)
         if (p, e) != ("custom_loop_eager", "tf-1.14.0") and (not QUICK or i % 3 == j)]
# The programs seed as release 2 does.
RUN = """
import runpy, sys
import tensorflow as tf
if not hasattr(tf.random, "set_seed"):
    tf.random.set_seed = tf.compat.v1.set_random_seed
sys.path.insert(0, %r)
runpy.run_path(%r, run_name="__main__")
"""


@pytest.mark.parametrize("program,env", PAIRS)
def test_weights_and_logs_are_identical(program, env, tmp_path):
    path = tmp_path / "program.py"
    path.write_text(RUN % (str(HEALTHY), str(HEALTHY / (program + ".py"))))
    status, output = run_bare(env, path, tmp_path, {"DIGEST_FILE": str(tmp_path / "bare.txt")})
    if status != 0 and ("has no attribute" in output or "unexpected keyword" in output):
        pytest.skip("the program is of a later release: " + output.splitlines()[-1])
    assert status == 0, output
    run = run_watched(env, path, tmp_path, extra={"DIGEST_FILE": str(tmp_path / "watched.txt")})
    assert run.report["program"]["exit"] == 0, run.told()
    assert (tmp_path / "watched.txt").read_text() == (tmp_path / "bare.txt").read_text(), run.told()
    assert "fault of the probe" not in run.output, run.told()
