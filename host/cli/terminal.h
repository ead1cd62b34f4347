// What standard output can show: colours, block characters or plain ASCII, and how wide it is.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace rapt::cli {

enum class Ink {
  kColour24,   // 24-bit background colours
  kColour256,  // the 6 x 6 x 6 cube and the greys of xterm
  kShades,     // the UTF-8 blocks of 0, 1/4, 1/2, 3/4 and full shade
  kAscii       // a ramp of ten ASCII characters
};

struct Terminal {
  Ink ink = Ink::kAscii;
  bool utf8 = false;
  int width = 100;  // characters

  bool has_colours() const { return ink == Ink::kColour24 || ink == Ink::kColour256; }
};

// From whether standard output is a terminal and from NO_COLOR, COLORTERM, TERM, LC_ALL, LC_CTYPE, LANG and COLUMNS.
Terminal terminal_of_stdout();

// The same with another ink: "auto" keeps what was found; "24bit", "256", "shades", "ascii". Throws BadInput that begins with `option`.
Terminal with_ink(Terminal terminal, const std::string& option, const std::string& name);

}  // namespace rapt::cli
