// Happens-before: what a thread has seen of every other, copied only when it changes.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace emu {

// An agent: a thread of a block, the bulk copies of one mbarrier slot, or the products of one warpgroup.
// Blocks count from 1 in the order of the grid.
using Agent = uint32_t;
constexpr int kIndexBits = 12;
constexpr Agent agent(uint32_t block, int index) { return block << kIndexBits | uint32_t(index); }
constexpr uint32_t block_of(Agent a) { return a >> kIndexBits; }
constexpr int index_of(Agent a) { return int(a & ((1u << kIndexBits) - 1)); }

// A stamp that nobody has seen: the access ends only at its wait.
constexpr uint32_t kPending = 0xffffffffu;

// Per agent of one block, the last stamp that is known to be in the past. Shared by all who know the same; null = nothing.
class Past {
 public:
  Past() = default;
  Past(const Past& o) : node_(o.node_) {
    if (node_) ++node_->owners;
  }
  Past(Past&& o) noexcept : node_(o.node_) { o.node_ = nullptr; }
  Past& operator=(Past o) noexcept {
    std::swap(node_, o.node_);
    return *this;
  }
  ~Past() { drop(); }
  uint32_t operator[](int index) const { return node_ ? node_->stamp[index] : 0; }
  bool same(const Past& o) const { return node_ == o.node_; }
  bool empty() const { return node_ == nullptr; }
  void join(const Past& o, int agents);
  void raise(int index, uint32_t stamp, int agents);
  Past deep_copy(int agents) const;  // shares nothing: for another OS thread

 private:
  struct Node {
    Node* next_free;
    int owners, capacity;
    uint32_t* stamp;
  };
  struct Pool;
  static Pool& pool();
  static Node* fresh(int agents);
  void own(int agents);  // makes the node ours alone, and there
  void drop();
  Node* node_ = nullptr;
};

using OtherPasts = std::map<uint32_t, Past>;  // by block

// What a thread knows. `fenced` is what fence.proxy.async has made known to the async proxy.
struct Clock {
  Agent self = 0;
  int agents = 0;  // of the block
  uint32_t own = 1, fenced_own = 0;
  Past seen, fenced;
  std::shared_ptr<const OtherPasts> others;
  uint32_t known_from = ~0u;  // all of the blocks from here on is known: they are of a grid that has ended

  bool covers(Agent who, uint32_t stamp) const {
    if (block_of(who) != block_of(self)) return covers_other(who, stamp);
    return who == self ? stamp <= own : seen[index_of(who)] >= stamp;
  }
  bool fence_covers(Agent who, uint32_t stamp) const {
    if (block_of(who) != block_of(self)) return true;  // proxies of other blocks' writes: not tracked
    return who == self ? stamp <= fenced_own : fenced[index_of(who)] >= stamp;
  }
  void fence() {
    fenced = seen;
    fenced_own = own++;
  }

 private:
  bool covers_other(Agent who, uint32_t stamp) const;
};

// What travels from those who release to those who acquire: through a barrier, an mbarrier, an atomic.
class Handoff {
 public:
  void release(Clock& clock);
  void acquire(Clock& clock) const;
  void raise(uint32_t block, int index, uint32_t stamp, int agents);
  void join(const Handoff& o);
  void clear() { parts_.clear(); }
  bool empty() const { return parts_.empty(); }
  Handoff deep_copy() const;

 private:
  struct Part {
    uint32_t block;
    int agents;
    Past seen, fenced;
    Past joined_seen, joined_fenced;                          // last of the releasers', not joined twice
    mutable Past before, after, fenced_before, fenced_after;  // last of the acquirers', not computed twice
    mutable bool known = false;
  };
  Part& part(uint32_t block, int agents);
  std::vector<Part> parts_;
};

}  // namespace emu
