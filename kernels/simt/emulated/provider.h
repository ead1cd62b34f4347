// The emulated provider of the machine contract: thin calls into namespace emu, which tests/emulator implements.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/emulated/block.h"
#include "simt/emulated/bulk.h"
#include "simt/emulated/cluster.h"
#include "simt/emulated/cp_async.h"
#include "simt/emulated/ldmatrix.h"
#include "simt/emulated/mbarrier.h"
#include "simt/emulated/memory.h"
#include "simt/emulated/mma.h"
#include "simt/emulated/scalar.h"
#include "simt/emulated/warp.h"
#include "simt/emulated/wgmma.h"
