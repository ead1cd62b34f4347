// The .npy reader on hand-made bytes: what it takes, and a sentence of its own for each kind of garbage.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/npy.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <map>
#include <string>

#include "cli/options.h"
#include "tests/support/npy_bytes.h"

namespace rapt::tests {
namespace {

using cli::Array;
using cli::Element;

cli::Bytes span_of(const std::string& bytes) { return {reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()}; }

Array parse(const std::string& bytes) { return cli::parse_npy(span_of(bytes)); }

std::string refusal(const std::string& bytes) {
  try {
    parse(bytes);
  } catch (const cli::BadInput& error) {
    return error.what();
  }
  return "";
}

template <class T>
std::vector<T> values(const Array& array) {
  std::vector<T> all(array.bytes.size() / sizeof(T));
  std::memcpy(all.data(), array.bytes.data(), array.bytes.size());
  return all;
}

const std::string kSix = bytes_of<float>({1, 2, 3, 4, 5, 6});

TEST(NpyReader, ReadsVersionsOneToThree) {
  for (const int version : {1, 2, 3}) {
    const std::string file = npy_file(npy_header_text("<f4", {2, 3}), kSix, version);
    const Array array = parse(file);
    EXPECT_EQ(array.element, Element::f32);
    EXPECT_EQ(array.shape, (std::vector<int64_t>{2, 3}));
    EXPECT_EQ(values<float>(array), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  }
}

TEST(NpyReader, ReadsEveryElementType) {
  const std::map<std::string, Element> types = {{"<f2", Element::f16},     {"<f4", Element::f32}, {"<f8", Element::f64},
                                                {"|b1", Element::boolean}, {"|i1", Element::i8},  {"<i2", Element::i16},
                                                {"<i4", Element::i32},     {"<i8", Element::i64}, {"|u1", Element::u8},
                                                {"<u2", Element::u16},     {"<u4", Element::u32}, {"=u8", Element::u64}};
  for (const auto& [descr, element] : types) {
    const std::string file = npy_of(descr, {3}, std::string(3 * static_cast<size_t>(descr[2] - '0'), '\1'));
    EXPECT_EQ(parse(file).element, element) << descr;
  }
}

TEST(NpyReader, FortranOrderBecomesRowMajor) {
  const std::string file = npy_file(npy_header_text("<f4", {2, 3}, true), bytes_of<float>({1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(values<float>(parse(file)), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(NpyReader, FortranOrderOfFourDimensionsBecomesRowMajor) {
  const int n[] = {2, 3, 4, 5};
  std::vector<int32_t> fortran(120), expected(120);
  for (int i = 0; i < 120; ++i) {
    const int d = i % n[3], c = i / n[3] % n[2], b = i / (n[3] * n[2]) % n[1], a = i / (n[3] * n[2] * n[1]);
    expected[static_cast<size_t>(i)] = i;
    fortran[static_cast<size_t>(a + n[0] * (b + n[1] * (c + n[2] * d)))] = i;
  }
  const std::string file = npy_file(npy_header_text("<i4", {2, 3, 4, 5}, true), bytes_of(fortran));
  EXPECT_EQ(values<int32_t>(parse(file)), expected);
}

TEST(NpyReader, BigEndianBecomesLittleEndian) {
  const std::string file = npy_of(">i4", {2}, std::string("\0\0\1\2\xff\xff\xff\xfe", 8));
  EXPECT_EQ(values<int32_t>(parse(file)), (std::vector<int32_t>{258, -2}));
}

TEST(NpyReader, ReadsNoDimensionsAsOneElement) {
  const std::string file = npy_of("<f4", {}, bytes_of<float>({7}));
  EXPECT_EQ(values<float>(parse(file)), std::vector<float>{7});
}

TEST(NpyReader, ReadsAnEmptyArray) {
  const Array array = parse(npy_of("<f4", {2, 0, 3}, ""));
  EXPECT_EQ(array.shape, (std::vector<int64_t>{2, 0, 3}));
  EXPECT_TRUE(array.bytes.empty());
}

TEST(NpyReader, TakesKeysInAnyOrderAndLooseBlanks) {
  const std::string file = npy_file("{ \"shape\":( 2L ,3 ),'fortran_order' : False,\n'descr':'<f4'}  \n", kSix);
  EXPECT_EQ(parse(file).shape, (std::vector<int64_t>{2, 3}));
}

struct Garbage {
  const char* name;
  std::string bytes;
  const char* sentence;
};

std::vector<Garbage> garbage() {
  const auto with = [](const std::string& header) { return npy_file(header, kSix); };
  return {
      {"NothingAtAll", "", "not a .npy file"},
      {"AnotherFormat", "PK\3\4 and so on", "not a .npy file"},
      {"OnlyTheMagic", "\x93NUMPY", "cut off after 6 bytes"},
      {"VersionFour", npy_file(npy_header_text("<f4", {6}), kSix, 4), "version 4"},
      {"VersionTwoCutOff", npy_file("", "", 2).substr(0, 11), "cut off after 11 bytes"},
      {"HeaderLongerThanTheFile", npy_of("<f4", {6}, "").substr(0, 40), "but only 30 follow"},
      {"FourGigabyteHeader", std::string("\x93NUMPY\2\0\xff\xff\xff\xff{", 13), "4294967295 bytes long"},
      {"NotADictionary", with("[1, 2, 3]"), "'{' is missing"},
      {"UnknownKey", with("{'descr': '<f4', 'colour': 'red'}"), "unknown key 'colour'"},
      {"KeyTwice", with("{'descr': '<f4', 'descr': '<f4'}"), "'descr' twice"},
      {"KeyMissing", with("{'descr': '<f4', 'shape': (6,)}"), "lacks one of"},
      {"StringWithoutEnd", with("{'descr"), "string without an end"},
      {"StringMissing", with("{descr: '<f4'}"), "a string is missing"},
      {"ColonMissing", with("{'descr' '<f4'}"), "':' is missing"},
      {"OrderNeitherTrueNorFalse", with("{'fortran_order': Maybe}"), "neither True nor False"},
      {"NegativeLength", with(npy_header_text("<f4", {-6})), "a shape with no length"},
      {"LengthPast64Bits", with("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}"), "a shape with no length"},
      {"TooManyDimensions", with(npy_header_text("<f4", std::vector<int64_t>(33, 1))), "more than 32 dimensions"},
      {"TextAfterTheDictionary", with(npy_header_text("<f4", {6}) + "import os"), "goes on after"},
      {"ShapeOverflows", with(npy_header_text("<f4", {int64_t{1} << 40, int64_t{1} << 40})), "size overflows"},
      {"ZeroHidesAnOverflow", with(npy_header_text("<f4", {int64_t{1} << 40, int64_t{1} << 40, 0})), "size overflows"},
      {"FewerElementsThanPromised", npy_of("<f4", {7}, kSix), "promises 28 bytes of float32 [7], but 24 follow"},
      {"MoreElementsThanPromised", npy_of("<f4", {5}, kSix), "promises 20 bytes of float32 [5], but 24 follow"},
      {"PickledObjects", npy_of("|O", {1}, "(lp0"), "pickled"},
      {"Structures", with("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,)}"), "structures"},
      {"Complex", npy_of("<c8", {3}, kSix), "complex"},
      {"RawBytes", npy_of("|V2", {12}, kSix), "raw bytes ('|V2')"},
      {"Text", npy_of("<U1", {6}, kSix), "type '<U1'"},
      {"Dates", npy_of("<M8[s]", {3}, kSix), "type '<M8[s]'"},
      {"LongDouble", npy_of("<f16", {1}, kSix.substr(0, 16)), "type '<f16'"},
      {"NoByteOrder", npy_of("f4", {6}, kSix), "type 'f4'"},
      {"EmptyType", npy_of("", {6}, kSix), "type ''"},
      {"ControlCharacters", npy_of("\x1b[2J\a", {6}, kSix), "type '?[2J?'"},
  };
}

class NpyGarbage : public ::testing::TestWithParam<Garbage> {};

TEST_P(NpyGarbage, IsRefusedWithItsSentence) {
  const std::string sentence = refusal(GetParam().bytes);
  EXPECT_NE(sentence.find(GetParam().sentence), std::string::npos) << "'" << sentence << "'";
  EXPECT_NE(sentence.find(';'), std::string::npos) << "'" << sentence << "' does not say what to change";
}

INSTANTIATE_TEST_SUITE_P(Each, NpyGarbage, ::testing::ValuesIn(garbage()), [](const auto& each) { return each.param.name; });

TEST(NpyReader, RefusesEveryTruncation) {
  const std::string file = npy_of("<f4", {2, 3}, kSix);
  for (size_t length = 0; length < file.size(); ++length) EXPECT_NE(refusal(file.substr(0, length)), "") << length;
}

TEST(NpyWriter, WritesWhatTheReaderReads) {
  for (const Element element : {Element::f16, Element::f32, Element::f64, Element::boolean, Element::i32, Element::u64}) {
    for (const std::vector<int64_t>& shape : {std::vector<int64_t>{}, {3}, {1, 2, 3, 4}, {5, 0}}) {
      const auto bytes = static_cast<size_t>(cli::count_elements(shape, element)) * cli::element_size(element);
      const std::string file = cli::npy_header(element, shape) + std::string(bytes, '\2');
      EXPECT_EQ(parse(file).element, element);
      EXPECT_EQ(parse(file).shape, shape);
    }
  }
}

TEST(NpyWriter, WritesTheHeaderThatNumPyWrites) {
  const std::string file = npy_f32({2, 3}, {1, 2, 3, 4, 5, 6});
  const std::string dictionary = npy_dictionary(cli::npy_header(Element::f32, {2, 3}));
  EXPECT_EQ(dictionary.substr(0, 62), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   ");
  EXPECT_EQ(dictionary.back(), '\n');
  EXPECT_NE(npy_dictionary(cli::npy_header(Element::f32, {2})).find("'shape': (2,), }"), std::string::npos);
}

}  // namespace
}  // namespace rapt::tests
