// Blocking, waking and handing over: a parked thread switches straight to the next one.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/schedule.h"

#include "tests/emulator/cp_async.h"
#include "tests/emulator/finding.h"

namespace emu {

constinit thread_local World* world = nullptr;
constinit thread_local Fiber* current = nullptr;
constinit thread_local bool in_kernel = false;

namespace {

void enter(Fiber* next) {
  Fiber* me = current;
  next->state = State::running;
  if (next == me) return;
  current = next;
  ++world->report.switches;
  switch_context(me->context, next->context);
}

}  // namespace

void set_waiting(Fiber& f, const char* instruction, Site site, const void* what, uint32_t detail) {
  f.waiting = instruction;
  f.waiting_site = site;
  f.waiting_for = what;
  f.waiting_detail = detail;
}

void block_on(const char* instruction, Site site, const void* what, uint32_t detail) {
  set_waiting(*current, instruction, site, what, detail);
  current->state = State::blocked;
  run_next();
}

void wake(Fiber* f) {
  if (f->state != State::blocked) return;
  f->state = State::ready;
  world->queue.push(f);
}

void wake_all(std::vector<Fiber*>& fibers) {
  for (Fiber* f : fibers) wake(f);
  fibers.clear();
}

void run_next() {
  World& w = *world;
  if (w.options.landing == Landing::random && !w.loads.empty() && w.random() % 8 == 0) land_one_load(true);
  while (w.queue.empty()) {
    if (land_one_load(w.options.landing == Landing::random) || land_copies_towards_barriers()) continue;
    if (w.live && !w.dead && w.dependent_waiting.size() < size_t(w.live)) report_deadlock();
    switch_context(current->context, w.main);  // comes back only after a griddepcontrol.wait
    return;
  }
  enter(w.queue.pop(w.random));
}

void after_release() {
  World& w = *world;
  if (w.options.order == Order::fifo) return;
  if (w.options.order == Order::random && w.random() % 4) return;
  if (w.options.order == Order::skewed) w.queue.demote(current->queue);
  current->state = State::ready;
  w.queue.push(current);
  run_next();
}

void progress() { world->polls = 0; }

void poll(const char* instruction, Site site) {
  World& w = *world;
  ++w.polls;
  if (w.polls > uint64_t(w.options.polls_per_thread) * uint64_t(w.live)) {
    set_waiting(*current, instruction, site);
    Finding f = finding(Kind::livelock, instruction, site);
    f.detail = "polls without progress anywhere, " + std::to_string(w.polls) +
               " in all; blocks in flight at once: " + std::to_string(w.options.resident) +
               " (a grid whose blocks wait for each other needs Options.resident)" + who_waits();
    add(std::move(f));
    abandon();
  }
  if (w.polls > uint64_t(w.live) * 2 && !w.loads.empty() && land_one_load(w.options.landing == Landing::random)) progress();
  if (w.options.order == Order::skewed) w.queue.demote(current->queue);
  current->state = State::ready;
  set_waiting(*current, instruction, site);
  w.queue.push(current);
  run_next();
}

void abandon() {
  world->dead = true;
  switch_context(current->context, world->main);
  __builtin_unreachable();
}

void thread_main() {
  for (;;) {
    Block& b = *current->block;
    in_kernel = true;
    world->shape.body(world->shape.params, b.shared);
    in_kernel = false;
    Fiber& f = *current;
    thread_exits(f);
    f.state = State::exited;
    --world->live;
    if (--b.live == 0) {
      block_exits(b);
      Block& cluster = *b.cluster;
      bool all = true;
      for (int i = 0; i < int(world->blocks.size()); ++i)
        if (world->blocks[size_t(i)].cluster == &cluster && world->blocks[size_t(i)].live) all = false;
      if (all) next_unit(cluster);
    }
    progress();
    run_next();
  }
}

void start_threads() {
  World& w = *world;
  if (w.queue.empty()) return;
  Fiber* first = w.queue.pop(w.random);
  first->state = State::running;
  current = first;
  switch_context(w.main, first->context);
  current = nullptr;
  in_kernel = false;
}

}  // namespace emu
