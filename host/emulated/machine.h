// The emulated machine under the engine of host/cuda: its own selection and parameters, memory and launches of the emulator.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cuda/machine.h"
#include "emulated/rows.h"

namespace rapt::emulated {

extern const gpu::Machine kMachine;  // a device of the architecture that is asked for; its stream is a kernels::EmulatedCall

// Of the devices that this thread sees from now on; few rows of queries are divided among them. At first those of the common card.
void set_multiprocessors(int32_t count);

// One run on copies of the host's memory; o and lse come back whatever happened. What the emulator found is in call.report.
// misalign: see DeviceArgs. Throws std::bad_alloc.
rapt_status run(const Request& request, const Choice& choice, const rapt_args& host, int misalign, kernels::EmulatedCall& call,
                Text& fault);

// Three ways to land copies and to schedule warps, from the one that is given.
constexpr unsigned kPolicies = 3;
emu::Options policy(emu::Options options, unsigned turn);

}  // namespace rapt::emulated
