// Heat maps and their labels: colours, shrinking, ranges, and text that is safe to print.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/heatmap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "cli/heatmap_ansi.h"
#include "cli/labels.h"
#include "cli/options.h"

namespace rapt::cli {
namespace {

std::string write_text(const std::string& name, const std::string& text) {
  std::string path = testing::TempDir() + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(Heatmap, ColoursGetLighterWithTheLevel) {
  int before = -1;
  for (int i = 0; i <= 100; ++i) {
    const Rgb colour = colour_of_level(i / 100.0);
    const int luminance = 2126 * colour.red + 7152 * colour.green + 722 * colour.blue;
    EXPECT_GT(luminance, before) << i;
    before = luminance;
  }
}

TEST(Heatmap, HiddenIsDarkestAndNanHasAColourOfItsOwn) {
  Heatmap map;
  EXPECT_EQ(colour_of(map, -std::numeric_limits<double>::infinity()), colour_of_level(0));
  EXPECT_EQ(colour_of(map, std::nan("")), colour_of_level(-1));
  for (int i = 0; i <= 100; ++i) EXPECT_FALSE(colour_of_level(i / 100.0) == colour_of_level(-1));
}

TEST(Heatmap, ShrinkingKeepsTheLargestOfEachBlockAndNan) {
  Heatmap map;
  map.rows = 3, map.cols = 3;
  map.values = {1, 2, 3, 4, 5, 6, 7, std::nan(""), 9};
  const Heatmap small = shrink(map, 2, 2);
  ASSERT_EQ(small.rows, 2);
  ASSERT_EQ(small.cols, 2);
  EXPECT_EQ(small.at(0, 0), 5);
  EXPECT_EQ(small.at(0, 1), 6);
  EXPECT_TRUE(std::isnan(small.at(1, 0)));
  EXPECT_EQ(small.at(1, 1), 9);
}

TEST(Heatmap, RangeIsThatOfTheFiniteValues) {
  Heatmap map;
  map.values = {-3, std::nan(""), -std::numeric_limits<double>::infinity(), 5};
  fit_range(map);
  EXPECT_EQ(map.low, -3);
  EXPECT_EQ(map.high, 5);
  map.values = {2, 2};
  fit_range(map);
  EXPECT_GT(map.high, map.low);
}

TEST(Heatmap, WideMapsAreShrunkToTheTerminal) {
  Heatmap map;
  map.rows = map.cols = 300;
  map.values.assign(90000, 0.0);
  map.values[299 * 300 + 299] = 1;
  const Terminal terminal{Ink::kAscii, false, 80};
  const std::string text = draw_heatmap(map, terminal, "");
  EXPECT_LE(text.find('\n'), 79u);
  EXPECT_NE(text.find("@\neach cell is the largest of 4 x 4\n"), std::string::npos) << text;
}

TEST(Heatmap, TwoRowsShareALineOfHalfBlocks) {
  Heatmap map;
  map.rows = 2, map.cols = 1;
  map.values = {1, 0};
  EXPECT_EQ(draw_heatmap(map, Terminal{Ink::kColour24, true, 80}, ""), "\x1b[38;2;254;250;214;48;2;10;8;24m▀\x1b[0m\n");
}

TEST(Labels, AreSafeToPrintWhateverTheyHold) {
  EXPECT_EQ(printable(" Rome", true, 20), "Rome");
  EXPECT_EQ(printable("  ", true, 20), "' '");
  EXPECT_EQ(printable("a\nb\tc", true, 20), "a\\nb\\tc");
  EXPECT_EQ(printable("\x1b[31m", true, 20), "?[31m");
  EXPECT_EQ(printable("caf\xC3\xA9", true, 20), "caf\xC3\xA9");
  EXPECT_EQ(printable("caf\xC3\xA9", false, 20), "caf?");
  EXPECT_EQ(printable("\xC3", true, 20), "?");
  EXPECT_EQ(printable("\xC0\xAF", true, 20), "??");            // overlong '/'
  EXPECT_EQ(printable("\xED\xA0\x80", true, 20), "???");       // a surrogate
  EXPECT_EQ(printable("\xEF\xBF\xBF", true, 20), "???");       // U+FFFF
  EXPECT_EQ(printable("\xF4\x90\x80\x80", true, 20), "????");  // past U+10FFFF
  EXPECT_EQ(printable("\xC2\x9B", true, 20), "?");             // CSI in one character
}

TEST(Labels, AreCutAtAColumnAndNotInACharacter) { EXPECT_EQ(printable("éééé", true, 3), "ééé"); }

TEST(Labels, ReadLinesListsAndListsOfLists) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(read_labels("--tokens", write_text("l.txt", "a\r\n b\n\nc"), 0), (Words{"a", " b", "", "c"}));
  EXPECT_EQ(read_labels("--tokens", write_text("l.json", R"(["a", " b"])"), 3), (Words{"a", " b"}));
  EXPECT_EQ(read_labels("--tokens", write_text("ll.json", R"([["a"], ["b", "c"]])"), 1), (Words{"b", "c"}));
  EXPECT_EQ(read_labels("--tokens", write_text("object.json", R"({"tokens": ["x"], "scale": 1})"), 0), (Words{"x"}));
}

}  // namespace
}  // namespace rapt::cli
