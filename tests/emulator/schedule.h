// Blocking, waking and handing over; what happens when nobody can go on.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/emulator/world.h"

namespace emu {

// Parks the current thread until wake(); `what` and `detail` are for the report of a deadlock.
void block_on(const char* instruction, Site site, const void* what = nullptr, uint32_t detail = 0);
void set_waiting(Fiber& fiber, const char* instruction, Site site, const void* what = nullptr, uint32_t detail = 0);
void wake(Fiber* fiber);
void wake_all(std::vector<Fiber*>& fibers);
void run_next();                                // somebody else, or the current thread again where it is ready
void after_release();                           // a point where schedules may take the thread's turn away
void poll(const char* instruction, Site site);  // it looked and found nothing: others go first
void progress();                                // something that a poll may wait for has happened
void start_threads();                           // from the launch: runs until no thread is left, or nobody can go on
[[noreturn]] void abandon();                    // ends the launch from within a thread
[[noreturn]] void thread_main();                // what each stack begins with

// Of other rooms: the launch, the copies.
bool next_unit(Block& cluster);  // deals the next blocks to the slots of a finished cluster
void thread_exits(Fiber& fiber);
void block_exits(Block& block);
bool land_one_load(bool random);  // false: none in flight
void report_deadlock();
std::string who_waits();  // a line for each place

}  // namespace emu
