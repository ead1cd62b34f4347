// wgmma: issued by a whole warpgroup, grouped, waited for; registers and shared memory are in its hands meanwhile.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/wgmma.h"

#include <algorithm>
#include <cstring>

#include "tests/emulator/access.h"
#include "tests/emulator/finding.h"
#include "tests/emulator/isa/convert.h"
#include "tests/emulator/rendezvous.h"
#include "tests/emulator/schedule.h"

namespace emu {
namespace {

constexpr const char* kMma = "wgmma.mma_async";
constexpr uint32_t kPoison = 0xffffffffu;  // a NaN

struct IssueOperand {
  const WgmmaOperands* o;
  Site site;
};

WarpgroupState& state_of(const Group& g) { return *g.first->block->products[size_t(g.first->warp) / 4]; }

[[noreturn]] void misuse(Site site, std::string what, const char* instruction = kMma) {
  report(Kind::wgmma, instruction, site, std::move(what));
  abandon();
}

void check_operands(const Group& g, const WgmmaOperands& o, Site site) {
  const auto type = isa::WgmmaType(int(o.type));
  if (const char* why = isa::check_wgmma(type, o.n, o.transpose_b)) misuse(site, why);
  if (!o.a)
    if (const char* why = isa::check_descriptor(o.a_desc)) misuse(site, std::string("A: ") + why);
  if (const char* why = isa::check_descriptor(o.b_desc)) misuse(site, std::string("B: ") + why);
  for (int t = 1; t < 128; ++t) {
    const WgmmaOperands& other = *operand<IssueOperand>(g, t).o;
    if (other.a_desc != o.a_desc || other.b_desc != o.b_desc || other.accumulate != o.accumulate)
      misuse(site, "descriptors and scale-d must be the same in all threads of the warpgroup; thread " + std::to_string(t) +
                       " differs from thread 0");
  }
  if (!state_of(g).fenced)
    misuse(site, "wgmma.fence must come before the first product and after every wait, before registers are given away again");
}

std::shared_ptr<Accumulator> accumulator_of(const Group& g, const WgmmaOperands& o, Site site) {
  WarpgroupState& state = state_of(g);
  for (const auto& known : state.accumulators)
    if (known->d[0] == o.d) {
      if (known->n != o.n) misuse(site, "the same accumulators are in use with n = " + std::to_string(known->n));
      return known;
    }
  auto fresh = std::make_shared<Accumulator>();
  fresh->n = o.n;
  fresh->value.resize(size_t(64) * size_t(o.n));
  for (int t = 0; t < 128; ++t) {
    float* d = fresh->d[t] = operand<IssueOperand>(g, t).o->d;
    for (int i = 0; i < o.n / 2; ++i) {
      const isa::RowColumn at = isa::accumulator(t, i);
      fresh->value[size_t(at.row * o.n + at.column)] = d[i];
    }
    std::memset(d, 0xff, sizeof(float) * size_t(o.n / 2));
  }
  state.accumulators.push_back(fresh);
  return fresh;
}

// Checks the operand's bytes against bounds and the shadow; they stay "being read" until the group has been waited for.
void read_operand(const Group& g, uint64_t descriptor, bool mn_major, int extent, isa::WgmmaType type, Site site,
                  const std::vector<Clock*>& clocks) {
  const Block& block = *g.first->block;
  Touch t;
  t.agent = agent(block.serial, warpgroup_agent(block, g.first->warp / 4));
  t.stamp = state_of(g).committed + 1;
  t.place = place_of(kMma, site);
  t.async = true;
  t.clock = &g.first->clock;
  t.group = &clocks;
  for (const isa::OperandChunk& c : isa::operand_chunks(descriptor, mn_major, extent, type)) {
    const size_t offset = c.shared - world->options.shared_base;
    if (c.shared < world->options.shared_base || offset + 16 > block.region->size) {
      report_at(Kind::out_of_bounds, kMma, site, *block.region, offset, 16,
                "row or column " + std::to_string(c.mn) + ", k " + std::to_string(c.k) + " of an operand lies outside shared memory");
      abandon();
    }
    touch({block.region.get(), offset}, 16, t, kMma, site, g.first);
  }
}

// Threads that know the same need to be asked once.
std::vector<Clock*> distinct_clocks(const Group& g) {
  std::vector<Clock*> clocks;
  for (int t = 0; t < 128; ++t) {
    Clock* c = &g.first[t].clock;
    const bool known = std::any_of(clocks.begin(), clocks.end(), [&](const Clock* o) {
      return o->seen.same(c->seen) && o->fenced.same(c->fenced) && o->others == c->others;
    });
    if (!known) clocks.push_back(c);
  }
  return clocks;
}

Outcome run_issue(const Group& g) {
  const IssueOperand& issue = operand<IssueOperand>(g, 0);
  const WgmmaOperands& o = *issue.o;
  check_operands(g, o, issue.site);
  WarpgroupState& state = state_of(g);
  Product p{o, isa::WgmmaType(int(o.type)), accumulator_of(g, o, issue.site), {}, false, issue.site};
  const std::vector<Clock*> clocks = distinct_clocks(g);
  if (o.a) {
    p.a.resize(512);
    for (int t = 0; t < 128; ++t) std::memcpy(&p.a[size_t(t) * 4], operand<IssueOperand>(g, t).o->a, 16);
  } else {
    read_operand(g, o.a_desc, false, 64, p.type, issue.site, clocks);
  }
  read_operand(g, o.b_desc, o.transpose_b, o.n, p.type, issue.site, clocks);
  ++p.accumulator->pending;
  // Products on one accumulator happen in order: an early one only when those before it have happened.
  const Landing landing = world->options.landing;
  const bool early = landing == Landing::eager || (landing == Landing::random && world->random() % 2);
  const auto done = [](const std::vector<Product>& group) {
    return std::all_of(group.begin(), group.end(), [](const Product& q) { return q.done; });
  };
  if (early && done(state.open) && std::all_of(state.groups.begin(), state.groups.end(), done)) compute(p, *g.first->block);
  state.open.push_back(std::move(p));
  return Outcome::proceed;
}

Outcome run_fence(const Group& g) {
  state_of(g).fenced = true;
  return Outcome::proceed;
}

Outcome run_commit(const Group& g) {
  WarpgroupState& state = state_of(g);
  state.groups.push_back(std::move(state.open));
  state.open.clear();
  ++state.committed;
  return Outcome::proceed;
}

void give_back(const Accumulator& a, Site site) {
  for (int t = 0; t < 128; ++t) {
    for (int i = 0; i < a.n / 2; ++i)
      if (isa::bits_of(a.d[t][i]) != kPoison) {
        report(Kind::wgmma, kMma, site,
               "thread " + std::to_string(t) + " of the warpgroup wrote accumulator register " + std::to_string(i) +
                   " while the product was in flight: between issue and wait registers must not be touched");
        break;
      }
    for (int i = 0; i < a.n / 2; ++i) {
      const isa::RowColumn at = isa::accumulator(t, i);
      a.d[t][i] = a.value[size_t(at.row * a.n + at.column)];
    }
  }
}

struct WaitOperand {
  int pending;
};

Outcome run_wait(const Group& g) {
  WarpgroupState& state = state_of(g);
  Block& block = *g.first->block;
  const int pending = operand<WaitOperand>(g, 0).pending;
  bool any = false;
  while (int(state.groups.size()) > pending) {
    for (Product& p : state.groups.front()) {
      if (!p.done) compute(p, block);
      if (--p.accumulator->pending == 0) {
        give_back(*p.accumulator, p.site);
        state.accumulators.erase(std::find(state.accumulators.begin(), state.accumulators.end(), p.accumulator));
      }
      any = true;
    }
    state.groups.pop_front();
  }
  if (any) state.fenced = false;
  if (!any || !world->options.race) return Outcome::proceed;
  Handoff retired;
  retired.raise(block.serial, warpgroup_agent(block, g.first->warp / 4), state.committed - uint32_t(state.groups.size()), world->agents);
  for (int t = 0; t < 128; ++t) retired.acquire(g.first[t].clock);
  return Outcome::proceed;
}

}  // namespace

void wgmma_fence(Site site) {
  const InEmulator in;
  meet_warpgroup("wgmma.fence", site, nullptr, run_fence);
}
void wgmma_commit_group(Site site) {
  const InEmulator in;
  meet_warpgroup("wgmma.commit_group", site, nullptr, run_commit);
  after_release();
}
void wgmma_wait_group(int pending, Site site) {
  const InEmulator in;
  const WaitOperand o{pending};
  meet_warpgroup("wgmma.wait_group", site, &o, run_wait);
}
void wgmma(const WgmmaOperands& operands, Site site) {
  const InEmulator in;
  const IssueOperand o{&operands, site};
  meet_warpgroup(kMma, site, &o, run_issue);
}

void reset_products(Block& block) {
  block.products.clear();
  for (size_t i = 0; i < block.warpgroups.size(); ++i) block.products.push_back(std::make_shared<WarpgroupState>());
}

void check_products_at_exit(Block& block) {
  for (size_t i = 0; i < block.products.size(); ++i) {
    const WarpgroupState& s = *block.products[i];
    const Product* left = !s.open.empty() ? &s.open.front() : nullptr;
    for (const auto& group : s.groups)
      if (!left && !group.empty()) left = &group.front();
    if (left) report(Kind::unfinished, kMma, left->site, "warpgroup " + std::to_string(i) + " exits with products not waited for");
  }
}

}  // namespace emu
