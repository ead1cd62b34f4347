"""Does rapt.py still mirror rapt.h? Asks a C compiler for every size and offset, then runs the example of the README through the binding.

    binding_test.py INCLUDE_FOLDER LIBRARY [CC]

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import ctypes as c
import pathlib
import re
import subprocess
import sys
import tempfile

import rapt


def layout_of_header(include, compiler):
    """{"rapt_tensor": {"": size, "type": offset, ...}} as the compiler has it."""
    lines = []
    for name, struct in rapt.STRUCTS.items():
        lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
        lines += [f'printf("{name}.{field} %zu\\n", offsetof({name}, {field}));' for field, _ in struct._fields_]
    source = "#include <rapt/rapt.h>\n#include <stdio.h>\nint main(void) {\n" + "\n".join(lines) + "\nreturn 0;\n}\n"
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "layout"
        flags = ["-O1", "-x", "c", "-I", include, "-", "-o", str(program)]
        subprocess.run([compiler, *flags], input=source, text=True, check=True)
        printed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    return {name: int(value) for name, value in (line.split() for line in printed.splitlines())}


def layout_of_binding():
    layout = {}
    for name, struct in rapt.STRUCTS.items():
        layout[name] = c.sizeof(struct)
        for field, _ in struct._fields_:
            layout[f"{name}.{field}"] = getattr(struct, field).offset
    return layout


def fields_of_header(include, name):
    """Names in the order of the declaration; comments and types removed."""
    text = re.sub(r"/\*.*?\*/", "", (pathlib.Path(include) / "rapt/rapt.h").read_text(), flags=re.S)
    body = re.search(r"typedef struct %s \{(.*?)\} %s;" % (name, name), text, flags=re.S).group(1)
    names = []
    for statement in body.split(";"):
        pointer = re.match(r".*?\(\*(\w+)\)\(", statement.strip(), flags=re.S)
        if pointer:
            names.append(pointer.group(1))
        elif statement.strip():
            names += [re.search(r"(\w+)\s*(\[\d+\])?$", part.strip()).group(1) for part in statement.split(",")]
    return names


def attention_by_hand(library):
    """The README's example, whose answer the demo derives by hand."""
    q = (c.c_float * 9)(1, 0, 2, 2, 2, 2, 2, 1, 3)
    k = (c.c_float * 9)(0, 1, 1, 4, 4, 0, 2, 3, 1)
    v = (c.c_float * 9)(1, 2, 3, 2, 8, 0, 2, 6, 3)
    o = (c.c_float * 9)()
    tensor = rapt.dense(rapt.F32, 1, 1, 3, 3)
    problem = library.problem(q=tensor, k=tensor, v=tensor, o=tensor, scale=1, has_scale=1, engine=rapt.ENGINE_CPU)
    plan = rapt.Plan(rapt.Context(library, threads=1), problem)
    plan.run(rapt.make_args(q=c.addressof(q), k=c.addressof(k), v=c.addressof(v), o=c.addressof(o)))
    return [round(x, 4) for x in o]


class LargerProblem(c.Structure):
    """What a caller of a newer header would send: a field set that this library does not know."""

    _fields_ = [("known", rapt.Problem), ("newer", c.c_int64)]


def refuses(library, problem, struct_size):
    tensor = rapt.dense(rapt.F32, 1, 1, 3, 3)
    problem.known = library.problem(q=tensor, k=tensor, v=tensor, o=tensor, struct_size=struct_size)
    problem.newer = 1
    try:
        rapt.Plan(rapt.Context(library, threads=1), problem)
    except rapt.Error:
        return True
    return False


def expect(what, seen, wanted):
    if seen != wanted:
        raise SystemExit(f"{what}: {seen}, not {wanted}")


def main(include, path, compiler="cc"):
    for name, struct in rapt.STRUCTS.items():
        expect(f"fields of {name}", [field for field, _ in struct._fields_], fields_of_header(include, name))
    header, binding = layout_of_header(include, compiler), layout_of_binding()
    for name, value in header.items():
        expect(f"layout of {name}", binding[name], value)
    library = rapt.Library(path)
    size = c.sizeof(rapt.Problem)
    for struct_size, wanted in ((size - 1, True), (size, False), (size + 8, True)):
        expect(f"refusal of a problem of {struct_size} bytes", refuses(library, LargerProblem(), struct_size), wanted)
    expect("answer", attention_by_hand(library), [1.9366, 6.6831, 1.5951, 2.0, 7.964, 0.054, 1.9997, 7.7599, 0.3584])
    print(f"{len(header)} sizes and offsets agree with rapt.h of version {library.version()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
