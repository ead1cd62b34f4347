"""Does settle() wait for a thread that is at work where Python does not see it? Such are the workers of a peer.

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import hashlib
import sys
import threading

import turns


def work(done):
    """Some 0.1 s without the interpreter's lock."""
    hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 250000)
    done.set()


def main():
    if turns.threads_at_work() is None:
        return 0  # this system does not say
    for _ in range(5):
        done = threading.Event()
        worker = threading.Thread(target=work, args=(done,))
        worker.start()
        turns.settle(patience=60)
        waited = done.is_set()
        worker.join()
        if not waited:
            print("settle() returned while a thread was at work", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
