#!/usr/bin/env python3
# Writes ONNX's own test cases of the operator Attention as folders of .npy files with their attributes in case.json.
# Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""usage: generate_cases.py OUTPUT VENV

The cases come with the PyPI package onnx 1.22, which is installed into the virtual environment VENV (made if absent).
Exit code 77: there is no way to that package here; the reason is printed and nothing is written.
"""
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

PACKAGE = "onnx==1.22.*"  # goldens of other releases differ: layouts, grouped heads and the order of softcap were corrected until then
INPUTS = ("q", "k", "v", "attn_mask", "past_key", "past_value", "nonpad_kv_seqlen")
OUTPUTS = ("y", "present_key", "present_value", "qk_matmul_output")
NO_PACKAGE = 77


def install(environment):
    """Returns the environment's python, with the package in it."""
    python = environment / "bin" / "python"
    try:
        if not python.exists():
            venv.create(environment, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", PACKAGE], check=True)
    except (OSError, subprocess.CalledProcessError) as reason:
        print(f"ONNX's cases were not made: {reason}")
        sys.exit(NO_PACKAGE)
    return python


def read_tensors(folder, kind, names, slots):
    """Yields (name, array). A slot that the node leaves empty has no file, and the files are numbered without it."""
    import onnx.numpy_helper

    used = [name for name, slot in zip(names, slots) if slot]
    for number, name in enumerate(used):
        yield name, onnx.numpy_helper.to_array(onnx.load_tensor(folder / f"{kind}_{number}.pb"))


def write_case(source, folder):
    import numpy
    import onnx

    node = onnx.load(source / "model.onnx").graph.node[0]
    folder.mkdir(parents=True, exist_ok=True)
    data = source / "test_data_set_0"
    for kind, names, slots in (("input", INPUTS, node.input), ("output", OUTPUTS, node.output)):
        for name, array in read_tensors(data, kind, names, slots):
            numpy.save(folder / f"{name}.npy", array)
    attributes = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
    (folder / "case.json").write_text(json.dumps(attributes, indent=1, sort_keys=True))  # last: a folder with it is whole


def write_cases(output):
    import onnx.backend.test

    prefix = "test_attention_"
    nodes = Path(onnx.backend.test.__file__).parent / "data" / "node"
    cases = [case for case in sorted(nodes.glob(prefix + "*")) if not case.name.endswith("_expanded")]
    for case in cases:
        write_case(case, output / case.name.removeprefix(prefix))
    print(f"{len(cases)} cases of onnx {onnx.__version__} in {output}")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    output, environment = Path(sys.argv[1]), Path(sys.argv[2])
    if Path(sys.prefix) == environment.resolve():
        write_cases(output)
        return
    python = install(environment)
    os.execv(python, [str(python), __file__, str(output), str(environment.resolve())])


if __name__ == "__main__":
    main()
