// Places in kernels, numbered; plain accesses are looked up in the line table of the program.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/emulator/place.h"

#include <dlfcn.h>

#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace emu {
namespace {

struct Entry {
  const char* instruction;
  Site site;
  const void* program_counter;
};

struct Line {
  std::string file;
  int line;
};

struct Table {
  std::mutex mutex;
  std::map<const void*, Line> looked_up;  // addr2line costs some 50 ms
  std::vector<Entry> entries{Entry{"", {"", 0}, nullptr}};
};
Table& table() {
  static Table t;
  return t;
}

struct Cached {
  Entry entry{nullptr, {nullptr, 0}, nullptr};
  Place place = 0;
};
constexpr unsigned kCached = 1024;
constinit thread_local Cached cache[kCached];

bool equal(const Entry& a, const Entry& b) {
  return a.instruction == b.instruction && a.site.file == b.site.file && a.site.line == b.site.line &&
         a.program_counter == b.program_counter;
}

Place number(const Entry& e, uint64_t hash) {
  Cached& slot = cache[(hash * 0x9e3779b97f4a7c15u) >> 54];
  if (slot.place && equal(slot.entry, e)) return slot.place;
  Table& t = table();
  const std::lock_guard<std::mutex> lock(t.mutex);
  Place at = 1;
  while (at < t.entries.size() && !equal(t.entries[at], e)) ++at;
  if (at == t.entries.size()) t.entries.push_back(e);
  slot = {e, at};
  return at;
}

// "file:line" of a program counter, the innermost frame outside the emulated provider.
bool look_up(const void* pc, std::string& file, int& line) {
  Dl_info info;
  if (!dladdr(pc, &info) || !info.dli_fname) return false;
  // The program is position independent or not: addr2line wants the address in the file. Return addresses point past the call.
  const auto* base = static_cast<const char*>(info.dli_fbase);
  const auto* header = static_cast<const unsigned char*>(info.dli_fbase);
  const bool relocated = header[16] == 3;  // ELF e_type: ET_DYN
  const uintptr_t address = uintptr_t(pc) - 1 - (relocated ? uintptr_t(base) : 0);
  char command[4200];
  std::snprintf(command, sizeof command, "addr2line -i -e '%s' 0x%zx 2>/dev/null", info.dli_fname, size_t(address));
  FILE* pipe = popen(command, "r");
  if (!pipe) return false;
  char text[4096];
  bool found = false;
  while (std::fgets(text, sizeof text, pipe)) {
    char* colon = std::strrchr(text, ':');
    if (!colon || text[0] == '?') continue;
    *colon = 0;
    const char* slash = std::strrchr(text, '/');
    file = slash ? slash + 1 : text;
    line = std::atoi(colon + 1);
    found = line > 0;
    if (found && !std::strstr(text, "simt/emulated/")) break;
  }
  pclose(pipe);
  return found;
}

}  // namespace

bool same_site(Site a, Site b) { return a.line == b.line && (a.file == b.file || std::strcmp(a.file, b.file) == 0); }

Place place_of(const char* instruction, Site site) {
  return number({instruction, site, nullptr},
                uint64_t(uintptr_t(instruction)) * 31 + uint64_t(uintptr_t(site.file)) + uint64_t(site.line) * 7919);
}

Place place_of_plain(const void* program_counter, bool write) {
  return number({write ? "store" : "load", {"", 0}, program_counter}, uint64_t(uintptr_t(program_counter)));
}

void describe_place(Place place, Access& access) {
  Table& t = table();
  Entry e{"", {"", 0}, nullptr};
  {
    const std::lock_guard<std::mutex> lock(t.mutex);
    if (place < t.entries.size()) e = t.entries[place];
  }
  access.instruction = e.instruction;
  access.file = e.site.file ? e.site.file : "";
  access.line = e.site.line;
  if (!e.program_counter) return;
  const std::lock_guard<std::mutex> lock(t.mutex);
  const auto [at, fresh] = t.looked_up.try_emplace(e.program_counter, Line{"", 0});
  if (fresh) look_up(e.program_counter, at->second.file, at->second.line);
  access.file = at->second.file;
  access.line = at->second.line;
}

}  // namespace emu
