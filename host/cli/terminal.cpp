// What standard output can show, from the environment and the terminal's own answer.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "cli/options.h"

namespace rapt::cli {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

// The first of the three that is set decides, as in POSIX.
bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string value = environment(name);
    if (!value.empty()) return contains(value, "UTF-8") || contains(value, "utf8") || contains(value, "UTF8") || contains(value, "utf-8");
  }
  return false;
}

int width_of(bool is_terminal) {
  winsize size{};
  if (is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const int columns = std::atoi(environment("COLUMNS").c_str());
  return columns > 0 ? columns : 100;
}

}  // namespace

Terminal terminal_of_stdout() {
  const bool is_terminal = isatty(STDOUT_FILENO) == 1;
  Terminal terminal;
  terminal.utf8 = locale_is_utf8();
  terminal.width = std::clamp(width_of(is_terminal), 20, 1000);
  const std::string kind = environment("TERM"), colours = environment("COLORTERM");
  if (is_terminal && environment("NO_COLOR").empty() && !kind.empty() && kind != "dumb") {
    terminal.ink = colours == "truecolor" || colours == "24bit" || contains(kind, "direct") ? Ink::kColour24 : Ink::kColour256;
  } else {
    terminal.ink = terminal.utf8 ? Ink::kShades : Ink::kAscii;
  }
  return terminal;
}

Terminal with_ink(Terminal terminal, const std::string& option, const std::string& name) {
  if (name == "auto") return terminal;
  if (name == "24bit") return terminal.ink = Ink::kColour24, terminal;
  if (name == "256") return terminal.ink = Ink::kColour256, terminal;
  if (name == "shades") return terminal.ink = Ink::kShades, terminal.utf8 = true, terminal;
  if (name == "ascii") return terminal.ink = Ink::kAscii, terminal.utf8 = false, terminal;
  throw BadInput(option + ": '" + name + "' is not one of auto, 24bit, 256, shades, ascii");
}

}  // namespace rapt::cli
