// `rapt map` and what it draws with: the right number in the right place, as a picture, as text and as .npy.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/map.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "cli/heatmap.h"
#include "cli/heatmap_ansi.h"
#include "cli/heatmap_png.h"
#include "cli/heatmap_svg.h"
#include "cli/labels.h"
#include "cli/npy.h"
#include "cli/whole_file.h"
#include "tests/support/command.h"
#include "tests/support/xml.h"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wimplicit-fallthrough"
#include <stb/stb_image.h>
#pragma GCC diagnostic pop

namespace rapt::cli {
namespace {

constexpr int64_t kHeads = 4, kHeadsKv = 2, kRows = 5, kDim = 6;

std::string path_of(const std::string& name) { return testing::TempDir() + name; }

std::string write_npy(const std::string& name, const std::vector<int64_t>& shape, const std::vector<float>& values) {
  const std::string bytes(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  write_output("test", path_of(name), npy_header(Element::f32, shape) + bytes);
  return path_of(name);
}

// Query row i of head h has its largest weight at key (i + h) % kRows: q is that key times 20, keys are orthogonal unit vectors.
std::vector<std::string> arguments(const std::vector<std::string>& more) {
  std::vector<float> q(kHeads * kRows * kDim, 0.f), k(kHeadsKv * kRows * kDim, 0.f);
  for (int64_t h = 0; h < kHeads; ++h) {
    for (int64_t i = 0; i < kRows; ++i) q[static_cast<size_t>((h * kRows + i) * kDim + (i + h) % kRows)] = 20;
  }
  for (int64_t g = 0; g < kHeadsKv; ++g) {
    for (int64_t j = 0; j < kRows; ++j) k[static_cast<size_t>((g * kRows + j) * kDim + j)] = 1;
  }
  std::vector<std::string> all = {"map", "--q", write_npy("map_q.npy", {1, kHeads, kRows, kDim}, q), "--k",
                                  write_npy("map_k.npy", {1, kHeadsKv, kRows, kDim}, k)};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::string write_text(const std::string& name, const std::string& text) {
  write_output("test", path_of(name), text);
  return path_of(name);
}

struct Image {
  int width = 0, height = 0;
  std::vector<unsigned char> pixels;  // RGB
  int luminance(int64_t x, int64_t y) const {
    const unsigned char* p = &pixels[static_cast<size_t>((y * width + x) * 3)];
    return 2 * p[0] + 7 * p[1] + p[2];
  }
};

Image decode(const std::string& png) {
  Image image;
  int channels = 0;
  unsigned char* data = stbi_load_from_memory(reinterpret_cast<const unsigned char*>(png.data()), static_cast<int>(png.size()),
                                              &image.width, &image.height, &channels, 3);
  if (data != nullptr) image.pixels.assign(data, data + image.width * image.height * 3);
  stbi_image_free(data);
  return image;
}

TEST(Map, PngHasATileForEveryHeadAndIsBrightestWhereTheWeightIsLargest) {
  const std::string output = path_of("map.png");
  ASSERT_EQ(run_command(add_map, arguments({"-o", output})).exit_code, 0);
  const Image image = decode(read_input("test", output));
  const PngLayout layout = png_layout(kHeads, kRows, kRows);
  ASSERT_EQ(image.width, layout.width);
  ASSERT_EQ(image.height, layout.height);
  for (int64_t h = 0; h < kHeads; ++h) {
    for (int64_t i = 0; i < kRows; ++i) {
      int64_t brightest = 0;
      const auto luminance = [&](int64_t j) {
        return image.luminance(layout.left_of(h, kRows) + j * layout.cell + 1, layout.top_of(h, kRows) + i * layout.cell + 1);
      };
      for (int64_t j = 1; j < kRows; ++j) brightest = luminance(j) > luminance(brightest) ? j : brightest;
      EXPECT_EQ(brightest, (i + h) % kRows) << "head " << h << " row " << i;
    }
  }
}

TEST(Map, ChosenHeadsComeInTheirOrder) {
  const std::string output = path_of("chosen.npy");
  ASSERT_EQ(run_command(add_map, arguments({"--head", "3,1", "-o", output})).exit_code, 0);
  const std::string file = read_input("test", output);
  const Array array = parse_npy(std::as_bytes(std::span(file)));
  EXPECT_EQ(array.element, Element::f64);
  EXPECT_EQ(array.shape, (std::vector<int64_t>{2, kRows, kRows}));
  std::vector<double> values(2 * kRows * kRows);
  convert(array, RAPT_F64, values.data());
  EXPECT_GT(values[3], 0.9);                  // head 3, row 0
  EXPECT_GT(values[kRows * kRows + 1], 0.9);  // head 1, row 0
  double sum = 0;
  for (int64_t j = 0; j < kRows; ++j) sum += values[static_cast<size_t>(j)];
  EXPECT_NEAR(sum, 1, 1e-12);
}

// scale 1/sqrt(6), key 1 of head 1 row 0: 20 / sqrt(6).
TEST(Map, StagesAreThoseOfTheJudge) {
  const auto at = [](const std::string& stage, size_t col) -> nlohmann::json {
    const Printed printed =
        run_command(add_map, arguments({"--head", "1", "--stage", stage, "--causal", "top-left", "--softcap", "4", "--json"}));
    return nlohmann::json::parse(printed.out)["heads"][0]["map"][0][col];
  };
  const double score = 20 / std::sqrt(6.0);
  EXPECT_NEAR(at("scaled", 1), score, 1e-12);
  EXPECT_NEAR(at("softcapped", 1), 4 * std::tanh(score / 4), 1e-12);
  EXPECT_TRUE(at("masked", 1).is_null());  // hidden
  EXPECT_EQ(at("weights", 1), 0.0);
  EXPECT_EQ(at("weights", 0), 1.0);
}

TEST(Map, LargeMapsAreComputedInBlocksOfRows) {
  const int64_t n = 800;
  std::vector<float> q(static_cast<size_t>(8 * n * 2)), k(static_cast<size_t>(n * 2));
  for (size_t i = 0; i < q.size(); ++i) q[i] = static_cast<float>(std::sin(0.37 * static_cast<double>(i)));
  for (size_t i = 0; i < k.size(); ++i) k[i] = static_cast<float>(std::cos(0.11 * static_cast<double>(i)));
  const std::string q_path = write_npy("large_q.npy", {1, 8, n, 2}, q), k_path = write_npy("large_k.npy", {1, 1, n, 2}, k);
  const std::string output = path_of("large.npy");
  ASSERT_EQ(run_command(add_map, {"map", "--q", q_path, "--k", k_path, "--head", "7", "--stage", "scaled", "-o", output}).exit_code, 0);
  const std::string file = read_input("test", output);
  std::vector<double> values(static_cast<size_t>(n * n));
  convert(parse_npy(std::as_bytes(std::span(file))), RAPT_F64, values.data());
  for (int64_t i : {0L, 654L, 655L, 656L, 799L}) {
    const size_t row = static_cast<size_t>(7 * n + i) * 2, col = 2 * 734;
    const double expected = (static_cast<double>(q[row]) * k[col] + static_cast<double>(q[row + 1]) * k[col + 1]) / std::sqrt(2.0);
    EXPECT_NEAR(values[static_cast<size_t>(i * n + 734)], expected, 1e-12) << i;
  }
}

TEST(Map, SvgIsWellFormedAndNamesItsTokens) {
  const std::string tokens = write_text("tokens.json", R"({"tokens": [["<s>", " a&b", "\"c\"", "d\u0007", "\u00e9"]]})"),
                    output = path_of("map.svg");
  ASSERT_EQ(run_command(add_map, arguments({"--tokens", tokens, "-o", output})).exit_code, 0);
  const std::string svg = read_input("test", output);
  EXPECT_EQ(what_is_wrong_with_xml(svg), "");
  for (const char* label : {"&lt;s&gt;<", ">a&amp;b<", ">&quot;c&quot;<", ">d?<", ">é<", "head 3"})
    EXPECT_NE(svg.find(label), std::string::npos) << label;
}

TEST(Map, LargeSvgHoldsImagesInsteadOfSquares) {
  Heatmap map;
  map.rows = map.cols = 70;
  map.values.assign(4900, 0.5);
  const std::string svg = svg_of({map, map});
  EXPECT_EQ(what_is_wrong_with_xml(svg), "");
  EXPECT_NE(svg.find("data:image/png;base64,iVBORw0KGgo"), std::string::npos);
}

TEST(Map, HtmlHasAPictureAndAButtonForEveryHead) {
  const std::string output = path_of("map.html");
  ASSERT_EQ(run_command(add_map, arguments({"-o", output})).exit_code, 0);
  const std::string html = read_input("test", output);
  for (const char* part : {"id=\"m0\"", "id=\"m3\"", "id=\"h3\"", "head 3</label>"}) EXPECT_NE(html.find(part), std::string::npos) << part;
  EXPECT_EQ(html.find("id=\"m4\""), std::string::npos);
}

TEST(Map, TerminalDrawingHasTheTokensAndTheHead) {
  const std::string tokens = write_text("tokens.txt", "one\ntwo\nthree\nfour\nfive\n");
  const Printed printed = run_command(add_map, arguments({"--head", "2", "--tokens", tokens, "--ink", "ascii"}));
  EXPECT_EQ(printed.exit_code, 0);
  EXPECT_NE(printed.out.find("head 2"), std::string::npos);
  EXPECT_NE(printed.out.find(" 0 one       @@    \n"), std::string::npos) << printed.out;
  EXPECT_NE(printed.out.find(" 3 four  @@        \n"), std::string::npos) << printed.out;
}

struct BadMap {
  const char* what;
  std::vector<std::string> more;
};

TEST(Map, BadInputIsRefusedWithOneSentenceAndNoFile) {
  const std::string few = write_text("few.txt", "one\ntwo\n"), not_json = write_text("bad.json", "[1, 2, 3, 4, 5]");
  const BadMap cases[] = {{"--head", {"--head", "4"}},          {"--head", {"--head", "-1"}},
                          {"--head", {"--head", "x"}},          {"--batch", {"--batch", "1"}},
                          {"--stage", {"--stage", "raw"}},      {"--tokens", {"--tokens", few}},
                          {"--tokens", {"--tokens", not_json}}, {"--tokens", {"--tokens", path_of("absent.txt")}},
                          {"--tokens-q", {"--tokens-q", few}},  {"--ink", {"--ink", "gold"}},
                          {"--threads", {"--threads", "0"}},    {"--scale", {"--scale", "nan"}},
                          {"--softcap", {"--softcap", "-1"}}};
  for (const BadMap& bad : cases) {
    const std::string output = path_of("bad.png");
    std::vector<std::string> more = bad.more;
    more.insert(more.end(), {"-o", output});
    const Printed printed = run_command(add_map, arguments(more));
    EXPECT_EQ(printed.exit_code, 2) << bad.more[1];
    EXPECT_NE(printed.refusal.find(bad.what), std::string::npos) << printed.refusal;
    EXPECT_EQ(printed.refusal.find('\n'), std::string::npos) << printed.refusal;
    EXPECT_FALSE(std::filesystem::exists(output)) << bad.more[1];
  }
}

TEST(Map, OutputThatCannotBeWrittenIsRefused) {
  EXPECT_EQ(run_command(add_map, arguments({"-o", path_of("no/such/folder/map.png")})).exit_code, 2);
  const Printed ending = run_command(add_map, arguments({"-o", path_of("map.gif")}));
  EXPECT_NE(ending.refusal.find(".png, .svg, .html, .npy"), std::string::npos);
}

}  // namespace
}  // namespace rapt::cli
