// Every kind of bad input to the program: code 2, one sentence of its own that names the argument, no output file, nothing else written.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/npy_bytes.h"
#include "tests/support/plain_attention.h"
#include "tests/support/program.h"

namespace rapt::tests {
namespace {

using Arguments = std::vector<std::string>;

struct BadInput {
  const char* name;
  std::function<void(const Folder&)> spoil;  // what is wrong in the folder of good files
  Arguments more;                            // what is wrong on the command line
  const char* names;                         // the argument that the sentence names
  const char* says;
};

std::string floats(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t n : shape) count *= n;
  return npy_f32(shape, some_numbers(count, 1));
}
std::string ints(const std::vector<int32_t>& values) { return npy_of("<i4", {static_cast<int64_t>(values.size())}, bytes_of(values)); }

std::function<void(const Folder&)> put(const std::string& name, const std::string& bytes) {
  return [name, bytes](const Folder& folder) { folder.write(name, bytes); };
}
const auto kNothing = [](const Folder&) {};

// q [2,4,5,8], k [2,2,7,8], v [2,2,7,6] as q.npy, k.npy and v.npy; the same packed; pages with their table.
void write_good_files(const Folder& folder) {
  folder.write("q.npy", floats({2, 4, 5, 8}));
  folder.write("k.npy", floats({2, 2, 7, 8}));
  folder.write("v.npy", floats({2, 2, 7, 6}));
  folder.write("packed_q.npy", floats({5, 4, 8}));
  folder.write("packed_k.npy", floats({7, 2, 8}));
  folder.write("packed_v.npy", floats({7, 2, 6}));
  folder.write("pages_k.npy", floats({4, 3, 2, 8}));
  folder.write("pages_v.npy", floats({4, 3, 2, 6}));
  folder.write("table.npy", npy_of("<i4", {2, 3}, bytes_of<int32_t>({0, 1, 2, 3, -1, -1})));
  folder.write("seven_two.npy", ints({7, 2}));
}

const Arguments kDense = {"--q", "q.npy", "--k", "k.npy", "--v", "v.npy"};
const Arguments kPacked = {"--q", "packed_q.npy", "--k", "packed_k.npy", "--v", "packed_v.npy"};
const Arguments kPaged = {"--q", "q.npy", "--k", "pages_k.npy", "--v", "pages_v.npy", "--block-table", "table.npy"};

Arguments with(Arguments base, const Arguments& more) {
  base.insert(base.end(), more.begin(), more.end());
  return base;
}

std::vector<BadInput> lengths_and_pages() {
  const auto packed = [](const char* q, const char* kv) { return with(kPacked, {"--cu-seqlens-q", q, "--cu-seqlens-kv", kv}); };
  const auto offsets = [](const std::vector<int32_t>& q, const std::vector<int32_t>& kv) {
    return [q, kv](const Folder& folder) { folder.write("cq.npy", ints(q)), folder.write("ck.npy", ints(kv)); };
  };
  const Arguments cut = packed("cq.npy", "ck.npy");
  return {
      {"LengthPastTheKeys", put("l.npy", ints({7, 8})), with(kDense, {"--seqlens-kv", "l.npy"}), "--seqlens-kv",
       "length 1 is 8, past the 7 keys"},
      {"LengthPastTheQueries", put("l.npy", ints({6, 1})), with(kDense, {"--seqlens-q", "l.npy"}), "--seqlens-q",
       "length 0 is 6, past the 5"},
      {"NegativeLength", put("l.npy", ints({7, -1})), with(kDense, {"--seqlens-kv=l.npy"}), "--seqlens-kv",
       "length 1 is -1; a length cannot"},
      {"LengthOf64Bits", put("l.npy", npy_of("<i8", {2}, bytes_of<int64_t>({7, int64_t{1} << 32}))),
       with(kDense, {"--seqlens-kv", "l.npy"}), "--seqlens-kv", "4294967296"},
      {"TooFewLengths", put("l.npy", ints({7})), with(kDense, {"--seqlens-kv", "l.npy"}), "--seqlens-kv", "shape is [1]"},
      {"LengthsThatAreFloats", put("l.npy", floats({2})), with(kDense, {"--seqlens-kv", "l.npy"}), "--seqlens-kv", "float32; save int32"},
      {"LengthPastTheTable", put("l.npy", ints({10, 2})), with(kPaged, {"--seqlens-kv", "l.npy"}), "--seqlens-kv", "past the 9 keys"},
      {"PageOutOfRange", put("table.npy", npy_of("<i4", {2, 3}, bytes_of<int32_t>({0, 4, 2, 3, -1, -1}))),
       with(kPaged, {"--seqlens-kv", "seven_two.npy"}), "--block-table", "[0, 1] = 4 is outside [0, 4)"},
      {"PageMissing", put("table.npy", npy_of("<i4", {2, 3}, bytes_of<int32_t>({0, 1, 2, -1, 3, 3}))),
       with(kPaged, {"--seqlens-kv", "seven_two.npy", "--engine", "reference"}), "--block-table", "= -1 is outside"},
      {"TableWithoutLengths", kNothing, kPaged, "--block-table", "needs --seqlens-kv"},
      {"TableOfInt64", put("table.npy", npy_of("<i8", {2, 3}, std::string(48, '\0'))), with(kPaged, {"--seqlens-kv", "seven_two.npy"}),
       "--block-table", "int64; save int32"},
      {"TableOfOtherSequences", put("table.npy", npy_of("<i4", {3, 2}, std::string(24, '\0'))),
       with(kPaged, {"--seqlens-kv", "seven_two.npy"}), "--block-table", "each of the 2 sequences"},
      {"TableAndOffsets", put("ck.npy", ints({0, 7})), with(kPaged, {"--cu-seqlens-kv", "ck.npy"}), "--block-table", "does not go with"},
      {"OffsetsThatGoDown", offsets({0, 3, 2, 5}, {0, 1, 2, 7}), cut, "--cu-seqlens-q", "offset 2 is 2, below the 3"},
      {"OffsetsThatEndBeforeTheTotal", offsets({0, 2, 5}, {0, 3, 6}), cut, "--cu-seqlens-kv", "the last must be 7"},
      {"OffsetsThatEndPastTheTotal", offsets({0, 2, 6}, {0, 3, 7}), cut, "--cu-seqlens-q", "the last must be 5"},
      {"OffsetsThatBeginLater", offsets({1, 2, 5}, {0, 3, 7}), cut, "--cu-seqlens-q", "the first must be 0"},
      {"OffsetsOfOtherSequences", offsets({0, 2, 5}, {0, 7}), cut, "--cu-seqlens-kv", "1 sequences, but there are 2"},
      {"OffsetsWithoutOne", put("cq.npy", npy_of("<i4", {0}, "")), with(kPacked, {"--cu-seqlens-q", "cq.npy"}), "--cu-seqlens-q",
       "shape is [0]"},
      {"OffsetsAndLengths", offsets({0, 2, 5}, {0, 3, 7}), with(cut, {"--seqlens-kv", "seven_two.npy"}), "--seqlens-kv",
       "does not go with"},
      {"OffsetsAndDenseQueries", offsets({0, 2, 5}, {0, 3, 7}), with(kDense, {"--cu-seqlens-q", "cq.npy"}), "--q",
       "must have 3 dimensions"},
  };
}

std::vector<BadInput> numbers_and_words() {
  const auto option = [](const char* name, const char* value) { return with(kDense, {name, value}); };
  return {
      {"ScaleNan", kNothing, option("--scale", "nan"), "--scale", "'nan' is not a finite number"},
      {"ScaleInfinite", kNothing, option("--scale", "-inf"), "--scale", "'-inf' is not a finite"},
      {"ScaleOfText", kNothing, option("--scale", "0.1x"), "--scale", "'0.1x' is not a finite"},
      {"SoftcapNegative", kNothing, option("--softcap", "-1"), "--softcap", "is negative"},
      {"SoftcapNan", kNothing, option("--softcap", "nan"), "--softcap", "not a finite number"},
      {"SoftcapTooLarge", kNothing, option("--softcap", "1e300"), "--softcap", "does not fit"},
      {"WindowBelowMinusOne", kNothing, option("--window", "-2,0"), "--window", "-2 is below -1"},
      {"WindowOfOneNumber", kNothing, option("--window", "5"), "--window", "not two numbers"},
      {"WindowOfText", kNothing, option("--window", "a,b"), "--window", "'a' is not a whole number"},
      {"CausalOfText", kNothing, option("--causal", "sideways"), "--causal", "'sideways' is none of"},
      {"UnknownEngine", kNothing, option("--engine", "gpu"), "--engine", "'gpu' is no engine"},
      {"EngineThatIsNotHere", kNothing, option("--engine", "cuda"), "--engine cuda: n", "use engine cpu"},
      {"ArchWithoutKernels", kNothing, option("--arch", "sm_70"), "--arch", "choose sm_80, which"},
      {"UnknownType", kNothing, option("--dtype", "f8"), "--dtype", "'f8' is no type"},
      {"UnknownLayout", kNothing, option("--layout", "bdhs"), "--layout", "'bdhs' is no order"},
      {"ThreadsBelowOne", kNothing, option("--threads", "0"), "--threads", "0 is below one"},
      {"ThreadsNegative", kNothing, option("--threads", "-3"), "--threads", "-3 is below one"},
      {"ThreadsOfText", kNothing, option("--threads", "two"), "--threads", "not a whole number"},
      {"ThreadsBeyondCounting", kNothing, option("--threads", "99999"), "--threads", "give fewer"},
      {"UnknownOption", kNothing, option("--causual", "top-left"), "--causual", "is not known to rapt run"},
      {"OptionWithoutValue", kNothing, with(kDense, {"--scale"}), "--scale", "lacks its value"},
      {"OptionBeforeAnother", kNothing, with(kDense, {"--scale", "--softcap", "1"}), "--scale", "a value is missing before --softcap"},
      {"OptionTwice", kNothing, with(kDense, {"--scale=1", "--scale=2"}), "--scale", "more than once"},
  };
}

std::vector<BadInput> shapes_and_types() {
  const auto extra = [](const char* option, const char* file) { return with(kDense, {option, file}); };
  const auto spoil_q = [](const char* name, const std::string& bytes, const char* says) {
    return BadInput{name, put("q.npy", bytes), kDense, "--q", says};
  };
  const std::string good = floats({2, 4, 5, 8});
  return {
      {"HeadsThatDoNotDivide", put("q.npy", floats({2, 3, 5, 8})), kDense, "--k", "2 heads do not divide the 3"},
      {"KeysOfAnotherBatch",
       [](const Folder& f) {
         f.write("k.npy", floats({3, 2, 7, 8})), f.write("v.npy", floats({3, 2, 7, 6}));
       },
       kDense, "--k", "first dimension is 3"},
      {"KeysOfAnotherHeadDim", put("k.npy", floats({2, 2, 7, 9})), kDense, "--k", "is 9, but that of --q is 8"},
      {"ValuesOfAnotherLength", put("v.npy", floats({2, 2, 6, 6})), kDense, "--v", "[2,2,6,6], but that of --k is [2,2,7,8]"},
      {"HeadDimOfZero", put("q.npy", npy_f32({2, 4, 5, 0}, {})), kDense, "--q", "last dimension must be 1 or more"},
      {"ThreeDimensions", put("q.npy", floats({4, 5, 8})), kDense, "--q", "must have 4 dimensions"},
      {"MaskThatDoesNotBroadcast", put("m.npy", npy_of("|b1", {2, 1, 5, 6}, std::string(60, '\1'))), extra("--mask", "m.npy"), "--mask",
       "does not broadcast"},
      {"MaskOfTwoDimensions", put("m.npy", npy_of("|b1", {5, 7}, std::string(35, '\1'))), extra("--mask", "m.npy"), "--mask",
       "give 4 dimensions"},
      {"MaskOfBytes", put("m.npy", npy_of("|u1", {1, 1, 5, 7}, std::string(35, '\1'))), extra("--mask", "m.npy"), "--mask",
       "uint8; save booleans"},
      {"MaskOfFloats", put("m.npy", floats({1, 1, 5, 7})), extra("--mask", "m.npy"), "--mask", "float32; save booleans"},
      {"BiasOfBooleans", put("m.npy", npy_of("|b1", {1, 1, 5, 7}, std::string(35, '\1'))), extra("--bias", "m.npy"), "--bias",
       "bool; save floating"},
      {"BiasThatDoesNotBroadcast", put("m.npy", floats({1, 2, 5, 7})), extra("--bias", "m.npy"), "--bias",
       "[1,2,5,7], which does not broadcast"},
      {"SlopesOfOtherHeads", put("s.npy", floats({3})), extra("--alibi", "s.npy"), "--alibi", "give [4] or [2,4]"},
      {"SinksPerSequence", put("s.npy", floats({2, 4})), extra("--sinks", "s.npy"), "--sinks", "give [4]"},
      {"IntegerQueries", put("q.npy", npy_of("<i4", {2, 4, 5, 8}, std::string(1280, '\0'))), kDense, "--q", "int32; save floating-point"},
      {"BooleanKeys", put("k.npy", npy_of("|b1", {2, 2, 7, 8}, std::string(224, '\0'))), kDense, "--k", "bool; save floating-point"},
      spoil_q("ComplexQueries", npy_of("<c8", {2, 4, 5, 4}, std::string(1280, '\0')), "complex"),
      spoil_q("PickledQueries", npy_of("|O", {1}, "(lp0"), "pickled"),
      spoil_q("TruncatedHeader", good.substr(0, 30), "follow"),
      spoil_q("TruncatedElements", good.substr(0, good.size() - 1), "promises 1280 bytes"),
      spoil_q("LyingHeader", npy_of("<f4", {200, 4, 5, 8}, std::string(1280, '\0')), "promises 128000 bytes"),
      spoil_q("OverflowingHeader", npy_of("<f4", {int64_t{1} << 62, 4, 5, 8}, ""), "size overflows"),
      spoil_q("NoNpyAtAll", "hello", "not a .npy file"),
  };
}

std::vector<BadInput> files() {
  const auto in_place_of = [](const char* option, const char* file) {
    Arguments arguments = kDense;
    *(std::find(arguments.begin(), arguments.end(), option) + 1) = file;
    return arguments;
  };
  const auto both = [](const std::string& header) { return put("in.safetensors", safetensors_file(header, "")); };
  return {
      {"InputThatIsNotThere", kNothing, in_place_of("--k", "nowhere.npy"), "--k", "'nowhere.npy' cannot be read"},
      {"InputThatIsAFolder", kNothing, in_place_of("--v", "."), "--v", "not a regular file"},
      {"InputThatIsADevice", kNothing, in_place_of("--v", "/dev/zero"), "--v", "'/dev/zero' cannot be read"},
      {"InputMissing", kNothing, {"--q", "q.npy", "--k", "k.npy"}, "--v", "is missing"},
      {"SafetensorsThatIsNotThere", kNothing, {"in.safetensors"}, "in.safetensors", "No such file"},
      {"SafetensorsWithAnotherEnding", kNothing, {"q.npy"}, "'q.npy'", "does not end in .safetensors"},
      {"SafetensorsWithLyingHeader",
       put("in.safetensors", "\xff\xff\xff\xff\xff\xff\xff\xff{}"),
       {"in.safetensors"},
       "in.safetensors",
       "bytes long"},
      {"SafetensorsWithUnknownTensor",
       both(R"({"maks":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})"),
       {"in.safetensors"},
       "in.safetensors",
       "'maks', which is none of"},
      {"SafetensorsWithoutQueries", both("{}"), {"in.safetensors"}, "--q", "is missing"},
      {"TensorGivenTwice",
       both(R"({"q":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})"),
       {"in.safetensors", "--q", "q.npy"},
       "--q",
       "give it once"},
      {"TwoFiles", kNothing, {"a.safetensors", "b.safetensors"}, "'b.safetensors'", "not known to rapt run"},
  };
}

// What `rapt run` is given in all the cases above: a good output.
void expect_refusal(const Folder& folder, const Arguments& arguments, const std::string& names, const std::string& says) {
  const auto before = folder.contents();
  const Ran ran = run_program(RAPT_PROGRAM_PATH, arguments, folder);
  EXPECT_EQ(ran.code, 2) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err.rfind("rapt: ", 0), 0u) << ran.err;
  EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
  EXPECT_NE(ran.err.find(names), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find(says), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find_first_of(";,"), std::string::npos) << ran.err << "does not say what to change";
  EXPECT_EQ(folder.contents(), before);
}

class ProgramRefuses : public ::testing::TestWithParam<BadInput> {};

TEST_P(ProgramRefuses, WithASentenceAndNoOutput) {
  const Folder folder;
  write_good_files(folder);
  GetParam().spoil(folder);
  expect_refusal(folder, with({"run", "--out", "o.npy", "--lse", "lse.npy"}, GetParam().more), GetParam().names, GetParam().says);
}

const auto kName = [](const auto& each) { return each.param.name; };
INSTANTIATE_TEST_SUITE_P(Lengths, ProgramRefuses, ::testing::ValuesIn(lengths_and_pages()), kName);
INSTANTIATE_TEST_SUITE_P(Options, ProgramRefuses, ::testing::ValuesIn(numbers_and_words()), kName);
INSTANTIATE_TEST_SUITE_P(Tensors, ProgramRefuses, ::testing::ValuesIn(shapes_and_types()), kName);
INSTANTIATE_TEST_SUITE_P(Files, ProgramRefuses, ::testing::ValuesIn(files()), kName);

struct BadOutput {
  const char* name;
  Arguments more;
  const char* names;
  const char* says;
};

class ProgramRefusesOutput : public ::testing::TestWithParam<BadOutput> {};

TEST_P(ProgramRefusesOutput, WithASentenceAndNoOutput) {
  const Folder folder;
  write_good_files(folder);
  folder.write("a_file", "");
  ASSERT_EQ(::mkdir(folder.path("a_folder.npy").c_str(), 0700), 0);
  expect_refusal(folder, with(with({"run"}, kDense), GetParam().more), GetParam().names, GetParam().says);
}

INSTANTIATE_TEST_SUITE_P(
    Each, ProgramRefusesOutput,
    ::testing::Values(BadOutput{"NotGiven", {}, "--out", "is missing"},
                      BadOutput{"InAFolderThatIsNotThere", {"--out", "nowhere/o.npy"}, "--out", "'nowhere/o.npy' cannot be written"},
                      BadOutput{"BelowAFile", {"--out", "a_file/o.npy"}, "--out", "'a_file/o.npy' cannot be written"},
                      BadOutput{"ThatIsAFolder", {"--out", "a_folder.npy"}, "--out", "not a regular file"},
                      BadOutput{"OfAnotherFormat", {"--out", "o.csv"}, "--out", "neither .npy nor .safetensors"},
                      BadOutput{"OverAnInput", {"--out", "q.npy"}, "--out", "is an input too"},
                      BadOutput{"LseInAFolderThatIsNotThere", {"--out", "o.npy", "--lse", "nowhere/l.npy"}, "--lse", "cannot be written"},
                      BadOutput{"LseOverOut", {"--out", "o.npy", "--lse", "./o.npy"}, "--lse", "is --out too"},
                      BadOutput{"LseAsSafetensors", {"--out", "o.npy", "--lse", "l.safetensors"}, "--lse", "name a .npy file"}),
    kName);

struct BadUsage {
  const char* name;
  Arguments arguments;
  const char* names;
  const char* says;
};

class ProgramUsage : public ::testing::TestWithParam<BadUsage> {};

TEST_P(ProgramUsage, IsRefusedInOneSentence) { expect_refusal(Folder(), GetParam().arguments, GetParam().names, GetParam().says); }

INSTANTIATE_TEST_SUITE_P(
    Each, ProgramUsage,
    ::testing::Values(BadUsage{"NoCommand", {}, "a command is missing", "give one of info, demo, run"},
                      BadUsage{"UnknownCommand", {"attend"}, "'attend'", "is no command"},
                      BadUsage{"ExplainNothing", {"explain"}, "problem is missing", "rapt explain --help"},
                      BadUsage{"ExplainNonsense", {"explain", "f32:sq1"}, "problem string", "lacks d"},
                      BadUsage{"ExplainTooMuch", {"explain", "f32:b9999999,hq999999,sq999999,d99"}, "problem", "make it smaller"},
                      BadUsage{"ValidateNonsense", {"validate", "f7:sq1,d1"}, "\"f7\"", ""},
                      BadUsage{"ValidateUnknownSuite", {"validate", "--suite", "huge"}, "--suite", "'huge' is no suite"},
                      BadUsage{"ValidateUnknownIsa", {"validate", "--isa", "avx9", "f32:sq1,d1"}, "--isa", "avx2"},
                      BadUsage{"ValidateFilesAndProblems", {"validate", "--q", "q.npy", "f32:sq1,d1"}, "--q", "one or the other"},
                      BadUsage{"ValidateOutputWithoutInputs", {"validate", "--o", "o.npy"}, "--o", "needs the inputs"},
                      BadUsage{"ValidateRandomOfNone", {"validate", "--random", "0"}, "--random", "give 1 or more"},
                      BadUsage{"ValidateSeedOfNothing", {"validate", "--seed", "3"}, "--seed", "--random COUNT"},
                      BadUsage{"ValidateEngineThatIsNotHere", {"validate", "--engine", "cuda", "f32:sq1,d1"}, "--engine cuda", ""},
                      BadUsage{"InfoMatrixAsJson", {"info", "--matrix", "--json"}, "--matrix", "leave out --json"}),
    kName);

}  // namespace
}  // namespace rapt::tests
