"""Commands under a time limit, logged; and in a dry run, that they refuse where no device is seen.

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import glob
import os
import re
import signal
import subprocess
import sys
import time

NO_DEVICE = "no (CUDA )?device"  # what every program says, in its sentence, where there is none
LIBRARIES = ("libcublas.so.*", "libcudnn.so.9", "libcudart.so.*")  # that programs open when they run


class Absent(Exception):
    """Something that the part needs is not on this machine."""


class Failed(Exception):
    """The part has its answer, and it is no."""


def library_folders(python):
    """Where CUDA's libraries are: a toolkit's folders, and those of the wheels that PyTorch brings."""
    toolkits = [os.environ[name] for name in ("CUDA_HOME", "CUDA_PATH") if os.environ.get(name)] + ["/usr/local/cuda"]
    folders = [os.path.join(toolkit, lib) for toolkit in toolkits for lib in ("lib64", "lib")]
    asked = subprocess.run([python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"], capture_output=True, text=True)
    folders += sorted(glob.glob(os.path.join(asked.stdout.strip(), "nvidia", "*", "lib"))) if asked.returncode == 0 else []
    return [folder for folder in folders if any(glob.glob(os.path.join(folder, pattern)) for pattern in LIBRARIES)]


class Worker:
    """What a part works with: its commands, its time, what it found."""

    def __init__(self, options, log, name, limit):
        self.options, self.log, self.name, self.limit = options, log, name, limit
        self.begin, self.end, self.commands, self.found, self.note = time.monotonic(), None, [], {}, ""
        self.environment = {**os.environ, "LD_LIBRARY_PATH": ":".join([*library_folders(options.python), os.environ.get("LD_LIBRARY_PATH", "")])}
        if options.dry_run:
            self.environment["CUDA_VISIBLE_DEVICES"] = ""

    def spent(self):
        return (self.end or time.monotonic()) - self.begin

    def left(self):
        return max(0.0, self.limit - self.spent())

    def program(self, name):
        path = self.options.pack / "bin" / name
        if not path.exists():
            raise Absent(f"{name} was not packed")
        return str(path)

    def out(self, name):
        return str(self.options.out / name)

    def start(self, command):
        """A process of its own group, its output to be read."""
        return subprocess.Popen(
            [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=self.environment, start_new_session=True
        )

    def finish(self, process, command, refusal=NO_DEVICE):
        """Waits, no longer than is left. In a dry run the command must have refused with that sentence."""
        timed_out = False
        try:
            output, _ = process.communicate(timeout=self.left())
        except subprocess.TimeoutExpired:
            timed_out = True
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
        shown = " ".join(str(word) for word in command).replace(str(self.options.pack) + "/", "")
        self.commands.append({"command": shown, "rc": process.returncode, "timed_out": timed_out})
        self.log.write(f"== {self.name}: {shown}\n{output}\n== rc {process.returncode}{', out of time' if timed_out else ''}\n\n")
        self.log.flush()
        shown = shown if len(shown) < 160 else shown[:157] + "..."
        print(f"{self.name}: {shown}: rc {process.returncode}{', out of time' if timed_out else ''}")
        sys.stdout.flush()
        if self.options.dry_run and (timed_out or not re.search(refusal, output)):
            raise Failed(f"rc {process.returncode} without a device, and not the sentence '{refusal}': {output.strip().splitlines()[-1:]}")
        return process.returncode, output, timed_out

    def run(self, command, refusal=NO_DEVICE):
        return self.finish(self.start(command), command, refusal)

    def verdict(self, part):
        """passed, failed, absent; in a dry run refused stands for passed."""
        try:
            if self.limit <= 0:
                raise Absent("no time was left for it")
            part(self)
            return "refused" if self.options.dry_run else "passed"
        except Absent as reason:
            self.note = str(reason)
            return "absent"
        except Failed as reason:
            self.note = str(reason)
            return "failed"
        finally:
            self.end = time.monotonic()
