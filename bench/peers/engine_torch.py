"""PyTorch: scaled_dot_product_attention with the flash kernel for CPUs, which its dispatcher confirms.

Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
"""
import numpy as np
import torch
from torch.nn.attention import SDPBackend
from torch.nn.functional import scaled_dot_product_attention

import tensors

def view(stored):
    """The same memory as a tensor."""
    if stored.dtype == np.uint16:
        return torch.from_numpy(stored.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(stored)


class Torch:
    name = "torch"

    def __init__(self, data, threads):
        p = data.problem
        torch.set_num_threads(threads)
        self.inputs = [view(x) for x in (data.q, data.k, data.v)]
        # torch's causal mask is top-left: the same for square problems, and of no use to a single query row.
        self.options = {"is_causal": p.causal and not p.decode, "enable_gqa": p.heads_q != p.heads_kv}
        if p.causal and not p.decode and p.seqlen_q != p.seqlen_kv:
            raise NotImplementedError("torch has no bottom-right causal mask")
        self.kernel = self._kernel()

    def run(self):
        with torch.inference_mode():
            self.o = scaled_dot_product_attention(*self.inputs, **self.options)

    def _kernel(self):
        """What the dispatcher chooses, of which MATH would be the unfused composition."""
        return "SDPBackend." + SDPBackend(torch._fused_sdp_choice(*self.inputs, **self.options)).name

    def output(self):
        o = self.o.contiguous()
        return o.view(torch.int16).numpy().view(np.uint16) if o.dtype == torch.bfloat16 else o.numpy()


def load():
    versions = {"torch": f"{torch.__version__}, {torch.backends.cpu.get_cpu_capability()}"}
    return versions, lambda data, threads: [Torch(data, threads)]
