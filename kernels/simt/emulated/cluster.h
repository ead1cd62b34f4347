// Clusters of blocks and dependent grids; emulated.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "simt/emulated/machine.h"

namespace simt {

SIMT_DEVICE int cluster_rank() { return emu::cluster_rank(); }
SIMT_DEVICE int cluster_size() { return emu::cluster_size(); }
SIMT_DEVICE void cluster_arrive(Site site = SIMT_SITE) { emu::cluster_arrive(site); }
SIMT_DEVICE void cluster_wait(Site site = SIMT_SITE) { emu::cluster_wait(site); }
SIMT_DEVICE void cluster_sync(Site site = SIMT_SITE) {
  emu::cluster_arrive(site);
  emu::cluster_wait(site);
}
SIMT_DEVICE uint32_t map_to_rank(uint32_t address, int rank, Site site = SIMT_SITE) { return emu::map_to_rank(address, rank, site); }
// Of a peer's shared memory, at an address from map_to_rank: ld and st.shared::cluster.b32.
SIMT_DEVICE uint32_t ld_shared_cluster(uint32_t address, Site site = SIMT_SITE) { return emu::load_shared_cluster(address, site); }
SIMT_DEVICE void st_shared_cluster(uint32_t address, uint32_t value, Site site = SIMT_SITE) {
  emu::store_shared_cluster(address, value, site);
}

SIMT_DEVICE void griddepcontrol_wait(Site site = SIMT_SITE) { emu::griddepcontrol_wait(site); }
SIMT_DEVICE void griddepcontrol_launch_dependents(Site site = SIMT_SITE) { emu::griddepcontrol_launch_dependents(site); }

}  // namespace simt
