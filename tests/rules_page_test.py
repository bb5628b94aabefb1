"""The page of the rules is what the engine and the sources say."""
import subprocess
import sys

from conftest import KERASAN, ROOT


def test_the_page_is_not_stale():
    done = subprocess.run([sys.executable, str(ROOT / "tools" / "rules_page.py"), "--check",
                           "--engine", str(KERASAN)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout.decode()
