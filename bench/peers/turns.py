"""Trials in turns: every round runs each contender once and begins with the next one.

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import os
import threading
import time

SHORTEST_TRIAL = 4e-3  # seconds; shorter work is repeated within a trial, after one call outside the clock
FEWEST_TRIALS = 3
LONG = 0.2  # seconds; beside such work the slowness of a first call is nothing


def threads_at_work():
    """Other threads of this process that run or wait for a core; None where the system does not say. Their processor time would say too
    little: Linux adds a running thread's own to the process's no sooner than at the next tick of the clock, 4 ms on."""
    me, busy = str(threading.get_native_id()), 0
    try:
        for task in os.listdir("/proc/self/task"):
            try:
                with open(f"/proc/self/task/{task}/stat") as file:
                    busy += task != me and file.read().rpartition(")")[2].split()[0] == "R"
            except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
                pass
    except OSError:
        return None
    return busy


def settle(patience=0.25):
    """Returns when no other thread of this process is at work, seen twice: the workers of a peer spin for a while after its work (ONNX
    Runtime's 33 ms, PyTorch's 7), on a core the next one needs."""
    end, calm = time.perf_counter() + patience, 0
    while calm < 2 and time.perf_counter() < end:
        time.sleep(5e-4)
        calm = calm + 1 if threads_at_work() == 0 else 0


class OthersAtWork:
    """Cores that other processes, and the hypervisor, used since it was made. Linux alone says: 0 elsewhere."""

    def __init__(self):
        self.begin = self._now()

    def _now(self):
        try:
            with open("/proc/stat") as file:
                user, nice, system, idle, iowait, *rest = (int(x) for x in file.readline().split()[1:9])
        except OSError:
            return None
        return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK"), time.process_time(), time.perf_counter()

    def cores(self):
        now = self._now()
        if now is None:
            return 0.0
        all_of_us, me, elapsed = (b - a for a, b in zip(self.begin, now))
        return max(0.0, (all_of_us - me) / elapsed)


class Runner:
    def __init__(self, name, run):
        self.name, self.run, self.seconds = name, run, []
        self.once = self._time(1)
        if self.once < LONG:  # the first call of anything is slow
            self.once = self._time(1)

    def _time(self, repeats):
        run, begin = self.run, time.perf_counter()
        for _ in range(repeats):
            run()
        return (time.perf_counter() - begin) / repeats

    def trial(self):
        settle()
        if self.once < SHORTEST_TRIAL:
            self.run()
        repeats = max(1, round(SHORTEST_TRIAL / max(self.once, 1e-7)))
        self.seconds.append(self._time(repeats))

    def trials_wanted(self, rounds, seconds):
        return max(FEWEST_TRIALS, min(rounds, int(seconds / self.once)))

    def times(self):
        """Best and 25th percentile."""
        ordered = sorted(self.seconds)
        return ordered[0], ordered[(len(ordered) - 1) // 4]


class Reading(Runner):
    """run() measures itself and returns seconds."""

    def _time(self, repeats):
        return min(self.run() for _ in range(repeats))


def take(runners, rounds, seconds):
    """`rounds` trials of the first; of the others as many, or what fits into `seconds` each, spread over the rounds."""
    wanted = [rounds] + [runner.trials_wanted(rounds, seconds) for runner in runners[1:]]
    for turn in range(rounds):
        for i in range(len(runners)):
            i = (i + turn) % len(runners)
            if (turn + 1) * wanted[i] // rounds > turn * wanted[i] // rounds:
                runners[i].trial()
