// Happens-before: joins, releases and acquisitions.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/clock.h"

#include <cstring>

namespace emu {

struct Past::Pool {
  Node* free = nullptr;
  ~Pool() {
    while (free) {
      Node* node = free;
      free = node->next_free;
      delete[] node->stamp;
      delete node;
    }
  }
};

Past::Pool& Past::pool() {
  static thread_local Pool pool;
  return pool;
}

Past::Node* Past::fresh(int agents) {
  Pool& p = pool();
  Node* node = p.free;
  if (node && node->capacity >= agents) {
    p.free = node->next_free;
  } else {
    node = new Node{nullptr, 0, agents, new uint32_t[size_t(agents)]};
  }
  node->owners = 1;
  return node;
}

void Past::drop() {
  if (node_ && --node_->owners == 0) {
    node_->next_free = pool().free;
    pool().free = node_;
  }
  node_ = nullptr;
}

void Past::own(int agents) {
  if (node_ && node_->owners == 1) return;
  Node* node = fresh(agents);
  if (node_) {
    std::memcpy(node->stamp, node_->stamp, sizeof(uint32_t) * size_t(agents));
  } else {
    std::memset(node->stamp, 0, sizeof(uint32_t) * size_t(agents));
  }
  drop();
  node_ = node;
}

void Past::join(const Past& o, int agents) {
  if (o.empty() || same(o)) return;
  if (empty()) {
    *this = o;
    return;
  }
  own(agents);
  uint32_t* __restrict mine = node_->stamp;
  const uint32_t* __restrict theirs = o.node_->stamp;
  for (int i = 0; i < agents; ++i) mine[i] = mine[i] > theirs[i] ? mine[i] : theirs[i];
}

void Past::raise(int index, uint32_t stamp, int agents) {
  if ((*this)[index] >= stamp) return;
  own(agents);
  node_->stamp[index] = stamp;
}

Past Past::deep_copy(int agents) const {
  Past copy;
  if (empty()) return copy;
  copy.node_ = fresh(agents);
  std::memcpy(copy.node_->stamp, node_->stamp, sizeof(uint32_t) * size_t(agents));
  return copy;
}

bool Clock::covers_other(Agent who, uint32_t stamp) const {
  if (block_of(who) >= known_from) return true;
  if (!others) return false;
  const auto at = others->find(block_of(who));
  return at != others->end() && at->second[index_of(who)] >= stamp;
}

Handoff::Part& Handoff::part(uint32_t block, int agents) {
  for (Part& p : parts_)
    if (p.block == block) return p;
  parts_.push_back({});
  parts_.back().block = block;
  parts_.back().agents = agents;
  return parts_.back();
}

void Handoff::release(Clock& clock) {
  Part& p = part(block_of(clock.self), clock.agents);
  p.known = false;
  if (!p.joined_seen.same(clock.seen)) {
    p.seen.join(clock.seen, p.agents);
    p.joined_seen = clock.seen;
  }
  if (!p.joined_fenced.same(clock.fenced)) {
    p.fenced.join(clock.fenced, p.agents);
    p.joined_fenced = clock.fenced;
  }
  p.seen.raise(index_of(clock.self), clock.own++, p.agents);
  if (clock.fenced_own) p.fenced.raise(index_of(clock.self), clock.fenced_own, p.agents);
  if (clock.others)
    for (const auto& [block, past] : *clock.others) {
      Part& other = part(block, clock.agents);
      other.known = false;
      other.seen.join(past, clock.agents);
    }
}

void Handoff::acquire(Clock& clock) const {
  std::shared_ptr<OtherPasts> others;
  for (const Part& p : parts_) {
    if (p.block != block_of(clock.self)) {
      if (!others) others = clock.others ? std::make_shared<OtherPasts>(*clock.others) : std::make_shared<OtherPasts>();
      (*others)[p.block].join(p.seen, p.agents);
      continue;
    }
    if (!p.known || !p.before.same(clock.seen) || !p.fenced_before.same(clock.fenced)) {
      p.before = p.after = clock.seen;
      p.fenced_before = p.fenced_after = clock.fenced;
      p.after.join(p.seen, p.agents);
      p.fenced_after.join(p.fenced, p.agents);
      p.known = true;
    }
    clock.seen = p.after;
    clock.fenced = p.fenced_after;
  }
  if (others) clock.others = std::move(others);
}

void Handoff::raise(uint32_t block, int index, uint32_t stamp, int agents) {
  Part& p = part(block, agents);
  p.known = false;
  p.seen.raise(index, stamp, agents);
}

void Handoff::join(const Handoff& o) {
  for (const Part& p : o.parts_) {
    Part& mine = part(p.block, p.agents);
    mine.known = false;
    mine.seen.join(p.seen, p.agents);
    mine.fenced.join(p.fenced, p.agents);
  }
}

Handoff Handoff::deep_copy() const {
  Handoff copy;
  for (const Part& p : parts_) {
    Part& mine = copy.part(p.block, p.agents);
    mine.seen = p.seen.deep_copy(p.agents);
    mine.fenced = p.fenced.deep_copy(p.agents);
  }
  return copy;
}

}  // namespace emu
