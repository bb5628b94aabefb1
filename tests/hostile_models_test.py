"""Saved models that mean harm: refused with a clear error, judged in bounded time, never run."""
import json
import subprocess
import zipfile

import pytest

from conftest import KERASAN, measured


def check(path):
    done = subprocess.run([str(KERASAN), "check", "--quiet", str(path)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60)
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def layer(name, source, class_name="Dense", **config):
    config = dict({"name": name, "units": 2}, **config)
    nodes = [[[source, 0, 0, {}]]] if source else []
    return {"class_name": class_name, "name": name, "config": config, "inbound_nodes": nodes}


def functional(layers, ends):
    return {"class_name": "Functional", "config": {
        "name": "model", "layers": layers, "input_layers": [["rows", 0, 0]],
        "output_layers": [[ends, 0, 0]]}}


ROWS = layer("rows", None, "InputLayer", batch_input_shape=[None, 2])


def archive(path, members):
    with zipfile.ZipFile(str(path), "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in members:
            out.writestr(name, data)
    return path


def test_a_member_that_leads_upwards_is_refused(tmp_path):
    path = archive(tmp_path / "up.keras", [
        ("metadata.json", "{}"), ("config.json", json.dumps(functional([ROWS], "rows"))),
        ("../outside.h5", b"x")])
    status, told = check(path)
    assert status == 2 and "up.keras" in told, told
    assert not (tmp_path.parent / "outside.h5").exists()


BOMBS = {  # each packs to less than half a megabyte
    "spaces": [("config.json", b" " * (100 << 20))],
    "zeros": [("config.json", "{}"), ("model.weights.h5", bytes(300 << 20))],
    "assets": [("config.json", "{}")] + [("assets/%d" % i, bytes(100 << 20)) for i in range(3)],
    "brackets": [("config.json", b"[" + b"[]," * (20 << 20) + b"[]]")],
}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path, name):
    path = archive(tmp_path / "bomb.keras", [("metadata.json", "{}")] + BOMBS[name])
    status, told, peak, _ = measured([KERASAN, "check", path])
    assert status == 2 and "bomb.keras" in told, told
    # What holds fewer than 64 MB of JSON is unpacked, and no more than 5 million values of it built.
    assert peak < (500 if name == "brackets" else 40) << 20, peak


def test_arrays_that_unpack_to_far_more_are_refused(tmp_path):
    model, inputs = tmp_path / "model.json", tmp_path / "bomb.npz"
    model.write_text(json.dumps(functional([ROWS], "rows")))
    archive(inputs, [("%d.npy" % i, bytes(100 << 20)) for i in range(3)])
    status, told, peak, _ = measured([KERASAN, "diff", model, model, "--inputs", inputs])
    assert status == 2 and "bomb.npz" in told, told
    assert peak < 40 << 20, peak


def test_a_member_that_is_a_link_is_refused(tmp_path):
    link = zipfile.ZipInfo("model.weights.h5")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    path = archive(tmp_path / "link.keras", [("metadata.json", "{}"), ("config.json", "{}"),
                                             (link, "/etc/passwd")])
    status, told = check(path)
    assert status == 2 and "leads out of the archive" in told, told


@pytest.mark.parametrize("text", ["[" * 100000, '{"a":' * 100000, '{"class_name": "Functional"'])
def test_a_config_that_is_nested_without_end_or_cut_is_refused(tmp_path, text):
    path = archive(tmp_path / "deep.keras", [("metadata.json", "{}"), ("config.json", text)])
    status, told = check(path)
    assert status == 2 and "deep.keras" in told, told


@pytest.mark.parametrize("layers", [[layer("one", "one")],
                                    [layer("one", "two"), layer("two", "one")]])
def test_a_config_of_layers_in_a_circle_is_named(tmp_path, layers):
    path = tmp_path / "circle.json"
    path.write_text(json.dumps(functional([ROWS] + layers, layers[-1]["name"])))
    status, told = check(path)
    assert status == 1 and "wait for each other in a circle" in told, told


def test_a_config_that_is_inside_itself_is_refused(tmp_path):
    path = tmp_path / "inside.yaml"
    path.write_text("class_name: Functional\nconfig: &self\n  layers: [{config: *self}]\n")
    status, told = check(path)
    assert status == 2 and "inside.yaml" in told, told


def test_a_config_of_many_layers_ends(tmp_path):
    path = tmp_path / "long.json"
    many = [ROWS] + [layer("d%d" % i, "d%d" % (i - 1) if i else "rows") for i in range(20000)]
    path.write_text(json.dumps(functional(many, "d19999")))
    status, told = check(path)
    assert status == 0, told[-500:]


def test_a_lambda_is_named_and_never_run(tmp_path):
    marker = tmp_path / "ran"
    code = "__import__('os').system('touch %s')" % marker
    path = tmp_path / "lambda.json"
    path.write_text(json.dumps(functional(
        [ROWS, layer("trick", "rows", "Lambda", function=[code, None, None])], "trick")))
    done = subprocess.run([str(KERASAN), "check", str(path)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60)
    told = done.stdout.decode()
    assert done.returncode in (0, 1), told
    assert "Lambda" in told and "trick" in told, told
    assert not marker.exists()
