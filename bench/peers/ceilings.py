"""The ceilings of the machine, through librapt_ceilings.

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import ctypes as c


class Ceilings:
    def __init__(self, path):
        self.abi = c.CDLL(path)
        for peak in (self.abi.rapt_fma_peak_gflops, self.abi.rapt_bf16_peak_gflops):
            peak.restype, peak.argtypes = c.c_double, [c.c_int, c.c_char_p, c.c_double]
        self.abi.rapt_read_seconds.restype = c.c_double
        self.abi.rapt_read_seconds.argtypes = [c.c_void_p, c.c_size_t, c.c_int]
        self.abi.rapt_cpu_name.restype = c.c_char_p

    def cpu_name(self):
        return self.abi.rapt_cpu_name().decode()

    def fma_peak_gflops(self, threads, isa, seconds=0.05):
        return self.abi.rapt_fma_peak_gflops(threads, isa.encode(), seconds)

    def bf16_peak_gflops(self, threads, isa, seconds=0.05):
        """Of dot products of bf16: 0 where that instruction set has none."""
        return self.abi.rapt_bf16_peak_gflops(threads, isa.encode(), seconds)

    def read_seconds(self, array, threads):
        return self.abi.rapt_read_seconds(array.ctypes.data, array.nbytes, threads)
