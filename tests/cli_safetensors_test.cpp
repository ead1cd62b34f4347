// The .safetensors reader on hand-made bytes: what it takes, and a sentence of its own for each kind of garbage.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "cli/options.h"
#include "tests/support/npy_bytes.h"

namespace rapt::tests {
namespace {

using cli::Array;
using cli::Element;

std::map<std::string, Array> parse(const std::string& bytes) {
  return cli::parse_safetensors({reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()});
}

std::string refusal(const std::string& bytes) {
  try {
    parse(bytes);
  } catch (const cli::BadInput& error) {
    return error.what();
  }
  return "";
}

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
}

const std::string kTwelve(12, '\3');

TEST(SafetensorsReader, ReadsTensorsByName) {
  const std::string header = "{" + entry("b", "F16", "[2]", "[8,12]") + "," + entry("a", "F32", "[1,2]", "[0,8]") + "}  ";
  const std::string elements = bytes_of<float>({1, 2}) + bytes_of<uint16_t>({7, 8});
  const std::string file = safetensors_file(header, elements);
  const auto tensors = parse(file);
  ASSERT_EQ(tensors.size(), 2u);
  EXPECT_EQ(tensors.at("a").element, Element::f32);
  EXPECT_EQ(tensors.at("a").shape, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(std::memcmp(tensors.at("a").bytes.data(), elements.data(), 8), 0);
  EXPECT_EQ(tensors.at("b").element, Element::f16);
  EXPECT_EQ(std::memcmp(tensors.at("b").bytes.data(), elements.data() + 8, 4), 0);
}

TEST(SafetensorsReader, ReadsEveryElementType) {
  const std::pair<const char*, size_t> types[] = {{"F16", 2}, {"BF16", 2}, {"F32", 4}, {"F64", 8}, {"BOOL", 1}, {"I8", 1}, {"I16", 2},
                                                  {"I32", 4}, {"I64", 8},  {"U8", 1},  {"U16", 2}, {"U32", 4},  {"U64", 8}};
  for (const auto& [dtype, size] : types) {
    const std::string file =
        safetensors_file("{" + entry("t", dtype, "[]", "[0," + std::to_string(size) + "]") + "}", std::string(size, '\1'));
    EXPECT_EQ(cli::element_size(parse(file).at("t").element), size) << dtype;
  }
}

TEST(SafetensorsReader, IgnoresMetadata) {
  const std::string file = safetensors_file("{\"__metadata__\":{\"format\":\"pt\"}," + entry("t", "U8", "[12]", "[0,12]") + "}", kTwelve);
  EXPECT_EQ(parse(file).size(), 1u);
}

TEST(SafetensorsReader, ReadsEmptyTensorsAndNoTensors) {
  EXPECT_TRUE(parse(safetensors_file("{}", "")).empty());
  const std::string file =
      safetensors_file("{" + entry("e", "F32", "[0,3]", "[0,0]") + "," + entry("t", "U8", "[12]", "[0,12]") + "}", kTwelve);
  EXPECT_EQ(parse(file).at("e").shape, (std::vector<int64_t>{0, 3}));
}

struct Garbage {
  const char* name;
  std::string bytes;
  const char* sentence;
};

std::vector<Garbage> garbage() {
  const auto with = [](const std::string& header) { return safetensors_file(header, kTwelve); };
  const auto tensor = [&with](const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return with("{" + entry("t", dtype, shape, offsets) + "}");
  };
  std::string long_header = with("{}");
  std::memcpy(long_header.data(), "\x01\xe1\xf5\x05\0\0\0\0", 8);  // 100'000'001
  std::string huge_header = with("{}");
  std::memset(huge_header.data(), 0xff, 8);
  return {
      {"NothingAtAll", "", "cut off after 0 bytes"},
      {"CutOffInTheLength", "\1\0\0", "cut off after"},
      {"HeaderLongerThanTheFile", safetensors_file("{}", "").substr(0, 9), "2 bytes long, but only 1 follow"},
      {"HeaderLongerThanAllowed", long_header, "more than the 100000000 allowed"},
      {"LengthOfAllOnes", huge_header, "18446744073709551615 bytes long"},
      {"EmptyHeader", with(""), "does not begin with '{'"},
      {"BlankBeforeTheHeader", with(" {}"), "does not begin with '{'"},
      {"NotJson", with("{\"t\":"), "is not JSON"},
      {"NotUtf8", with("{\"\xff\xfe\":{}}"), "is not JSON"},
      {"TextAfterTheJson", with("{} {}"), "is not JSON"},
      {"TooDeep", with("{\"t\":{\"dtype\":\"U8\",\"shape\":[[12]],\"data_offsets\":[0,12]}}"), "nested deeper"},
      {"VeryDeep", with("{\"t\":" + std::string(100000, '[')), "nested deeper"},
      {"TensorTwice", with("{" + entry("t", "U8", "[12]", "[0,12]") + "," + entry("t", "U8", "[12]", "[0,12]") + "}"), "the key 't' twice"},
      {"KeyTwice", with("{\"t\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[12],\"data_offsets\":[0,12]}}"), "the key 'dtype' twice"},
      {"TensorThatIsNoObject", with("{\"t\":3}"), "no object"},
      {"KeyMissing", with("{\"t\":{\"dtype\":\"U8\",\"shape\":[12]}}"), "keys other than"},
      {"KeyTooMany", with("{\"t\":{\"dtype\":\"U8\",\"shape\":[12],\"data_offsets\":[0,12],\"x\":1}}"), "keys other than"},
      {"KeyOfAnotherName", with("{\"t\":{\"dtype\":\"U8\",\"shape\":[12],\"offsets\":[0,12]}}"), "no data_offsets"},
      {"UnknownType", tensor("F8_E4M3", "[12]", "[0,12]"), "'F8_E4M3', which is unknown"},
      {"TypeThatIsNoText", with("{\"t\":{\"dtype\":5,\"shape\":[12],\"data_offsets\":[0,12]}}"), "no dtype"},
      {"NegativeLength", tensor("U8", "[-12]", "[0,12]"), "a shape that is not"},
      {"LengthWithAPoint", tensor("U8", "[12.0]", "[0,12]"), "a shape that is not"},
      {"LengthPast63Bits", tensor("U8", "[18446744073709551615]", "[0,12]"), "a shape that is not"},
      {"ShapeThatIsNoList", tensor("U8", "12", "[0,12]"), "no shape"},
      {"TooManyDimensions", tensor("U8", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,12]", "[0,12]"),
       "a shape that is not"},
      {"ShapeOverflows", tensor("U8", "[4294967296,4294967296]", "[0,12]"), "size overflows"},
      {"ThreeOffsets", tensor("U8", "[12]", "[0,6,12]"), "3 data_offsets"},
      {"EndBeforeBegin", tensor("U8", "[12]", "[12,0]"), "before it begins"},
      {"EndPastTheFile", tensor("U8", "[13]", "[0,13]"), "at byte 13, but only 12 follow"},
      {"SpanOfAnotherSize", tensor("U8", "[11]", "[0,12]"), "12 bytes, but its shape [11] needs 11"},
      {"GapBefore", tensor("U8", "[8]", "[4,12]"), "begins tensor 't' at byte 4"},
      {"GapAfter", tensor("U8", "[8]", "[0,8]"), "covers 8 bytes, but 12 follow"},
      {"Overlap", with("{" + entry("a", "U8", "[8]", "[0,8]") + "," + entry("b", "U8", "[8]", "[4,12]") + "}"),
       "begins tensor 'b' at byte 4"},
  };
}

class SafetensorsGarbage : public ::testing::TestWithParam<Garbage> {};

TEST_P(SafetensorsGarbage, IsRefusedWithItsSentence) {
  const std::string sentence = refusal(GetParam().bytes);
  EXPECT_NE(sentence.find(GetParam().sentence), std::string::npos) << "'" << sentence << "'";
  EXPECT_NE(sentence.find(';'), std::string::npos) << "'" << sentence << "' does not say what to change";
}

INSTANTIATE_TEST_SUITE_P(Each, SafetensorsGarbage, ::testing::ValuesIn(garbage()), [](const auto& each) { return each.param.name; });

TEST(SafetensorsReader, RefusesEveryTruncation) {
  const std::string file = safetensors_file("{" + entry("t", "U8", "[12]", "[0,12]") + "}", kTwelve);
  for (size_t length = 0; length < file.size(); ++length) EXPECT_NE(refusal(file.substr(0, length)), "") << length;
}

TEST(SafetensorsWriter, WritesWhatTheReaderReads) {
  const std::string elements = bytes_of<float>({1, 2, 3});
  const cli::Bytes bytes = {reinterpret_cast<const std::byte*>(elements.data()), elements.size()};
  const Array lse{Element::f32, {3}, bytes, nullptr}, o{Element::bf16, {1, 2, 3}, bytes, nullptr};
  const std::string file = cli::safetensors_header({{"o", o}, {"lse", lse}}) + elements + elements;
  const auto tensors = parse(file);
  EXPECT_EQ(tensors.at("o").element, Element::bf16);
  EXPECT_EQ(tensors.at("o").shape, (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(tensors.at("lse").element, Element::f32);
  EXPECT_EQ((reinterpret_cast<const char*>(tensors.at("lse").bytes.data()) - file.data()) % 8, 0);
}

}  // namespace
}  // namespace rapt::tests
