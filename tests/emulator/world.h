// The state of a launch on one OS thread: threads as fibers, blocks, warps and their barriers.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "simt/emulated/machine.h"
#include "tests/emulator/clock.h"
#include "tests/emulator/fiber.h"
#include "tests/emulator/launch.h"
#include "tests/emulator/memory.h"
#include "tests/emulator/options.h"
#include "tests/emulator/report.h"
#include "tests/emulator/run_queue.h"

namespace emu {

struct World;
struct Fiber;
constexpr int kBarrierSlots = 64;  // live mbarriers of a block
constexpr int kWarpgroupSlots = 8;

// Threads gathered for a collective. All members of `mask` (all 128 of a warpgroup), at one site.
struct Group {
  Fiber* first;   // lane 0
  uint32_t mask;  // of a warp; ~0 for a warpgroup
  int size;       // 32 (or fewer in a block's last warp), 128
  bool has(int i) const { return size > 32 || (mask >> i & 1); }
};
enum class Outcome { proceed, park };  // park: the members wait for something the instruction has registered them with
using Execute = Outcome (*)(const Group&);

struct Rendezvous {
  uint32_t mask = 0;
  int arrived = 0, expected = 0;  // arrived 0: nobody
  const char* instruction = nullptr;
  Site site{nullptr, 0};
  int first_thread = 0;
  Execute execute = nullptr;
  bool exits_count = false;  // an exited lane counts as arrived: the barrier without a count
};

struct Convoy {  // a warp or a warpgroup
  Fiber* first = nullptr;
  int size = 0;
  uint32_t exited = 0;
  std::vector<Rendezvous> pending;
};

struct CpAsyncCopy {
  uint8_t* dst;
  const void* src;
  int bytes;
  bool valid, done;
};
struct CpAsyncGroup {
  std::vector<CpAsyncCopy> copies;
  std::vector<struct BarrierObject*> arrivals;  // cp.async.mbarrier.arrive of this group's copies
};

struct BulkStore;
struct BulkGroups {  // of one thread
  std::vector<std::shared_ptr<BulkStore>> open;
  std::deque<std::vector<std::shared_ptr<BulkStore>>> groups;
};

enum class State { ready, running, blocked, exited };

struct Fiber {
  Context context;
  Block* block = nullptr;
  int thread = 0, warp = 0, lane = 0;
  int slot = 0;   // in the world
  int queue = 0;  // its warp in the world
  State state = State::ready;
  const char* waiting = nullptr;  // the instruction it is blocked in
  Site waiting_site{nullptr, 0};
  const void* waiting_for = nullptr;  // an mbarrier, a barrier
  uint32_t waiting_detail = 0;
  const void* operand = nullptr;  // of the collective it takes part in
  Clock clock;
  CpAsyncGroup cp_async_open;
  std::deque<CpAsyncGroup> cp_async_groups;
  BulkGroups bulk;
  uint32_t seen_phase[kBarrierSlots];  // per mbarrier slot: the last phase whose completion this thread observed, + 1
  bool dependency_resolved = false;    // griddepcontrol.wait passed
  Handoff fence_released, to_acquire;  // of a fence before relaxed atomics, of relaxed atomics before a fence
};

struct NamedBarrier {
  int expected = 0, arrived = 0;
  bool whole_block = false;
  Site site{nullptr, 0};
  std::vector<Fiber*> members, waiting;
  Handoff handoff;
};

struct BarrierObject {  // an mbarrier
  bool live = false;
  Block* block = nullptr;
  int slot = 0;
  uint32_t offset = 0;  // in the block's shared memory
  uint32_t count = 0, pending = 0, phase = 0, phase_base = 0;
  int64_t tx = 0;
  Site init_site{nullptr, 0};
  Agent init_agent = 0;
  uint32_t init_stamp = 0;
  bool fenced = false;  // its initialisation, for the async proxy
  std::vector<Fiber*> waiting;
  Handoff arriving, completed;
  std::vector<Mark> uses, far_uses;  // the last of each thread of the block; of other blocks' threads
};

struct WarpgroupState;  // wgmma.h

struct RegisterPool {
  int available = 0;            // registers, of the block
  std::vector<int> per_thread;  // of each warpgroup
  std::vector<Fiber*> waiting;
};

struct ClusterBarrier {
  int arrived = 0;
  uint32_t phase = 0;
  std::vector<Fiber*> waiting;
  Handoff arriving, completed;
};

struct Block {
  World* world = nullptr;
  simt::Dim3 index;
  uint32_t serial = 0;       // 1 + linear index in the grid
  int rank = 0;              // in its cluster
  Block* cluster = nullptr;  // rank 0 of its cluster
  int threads = 0, live = 0;
  uint8_t* shared = nullptr;
  Fiber* fibers = nullptr;
  std::unique_ptr<Region> region;
  std::vector<Convoy> warps, warpgroups;
  std::array<NamedBarrier, 16> named;
  std::vector<BarrierObject> barriers;
  std::vector<std::shared_ptr<WarpgroupState>> products;
  RegisterPool registers;
  ClusterBarrier cluster_barrier;         // of rank 0, for all
  std::vector<uint32_t> cluster_arrived;  // per thread: 1 + the phase it arrived in and has not waited for
};

struct BulkLoad;

struct World {
  const Options& options;
  const LaunchShape& shape;
  Supply& supply;
  Report report;
  std::unique_ptr<Stacks> stacks;
  std::vector<Fiber> fibers;
  std::vector<Block> blocks;
  uint8_t* arena = nullptr;
  size_t pitch = 0;  // of the blocks' shared memories in the arena
  RunQueue queue;
  std::mt19937 random;
  std::deque<std::shared_ptr<BulkLoad>> loads;  // in flight
  Context main;
  bool dead = false;
  int live = 0;                    // threads not exited
  uint64_t polls = 0;              // since the last progress
  int agents = 0;                  // of a block: threads, mbarrier slots, warpgroups
  std::vector<uint64_t> reported;  // keys of findings, for one of each
  bool dependent = false;          // griddepcontrol.wait waits
  std::vector<Fiber*> dependent_waiting;

  World(const Options& o, const LaunchShape& s, Supply& u) : options(o), shape(s), supply(u) {}
};

extern constinit thread_local World* world;
extern constinit thread_local Fiber* current;

// Kernel code is running: its plain loads and stores are to be checked. The emulator's own, and those of templates that the linker took
// from a kernel's object, are not.
extern constinit thread_local bool in_kernel;

// At the top of whatever kernels call. A thread that is parked inside keeps its own.
class InEmulator {
 public:
  InEmulator() : was_(in_kernel) { in_kernel = false; }
  InEmulator(const InEmulator&) = delete;
  InEmulator& operator=(const InEmulator&) = delete;
  ~InEmulator() { in_kernel = was_; }

 private:
  bool was_;
};

inline int barrier_agent(const Block& b, int slot) { return b.threads + slot; }
inline int warpgroup_agent(const Block& b, int warpgroup) { return b.threads + kBarrierSlots + warpgroup; }

}  // namespace emu
