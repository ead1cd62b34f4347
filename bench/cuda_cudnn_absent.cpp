// Builds that had no headers of cuDNN and its frontend.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "bench/cuda_peer.h"

namespace rapt::bench {

std::unique_ptr<CudaPeer> make_cudnn(const DeviceTensors&, std::string&) {
  throw std::runtime_error("this build found no cudnn.h and cudnn_frontend.h; see tests/gpu/README.md");
}

}  // namespace rapt::bench
