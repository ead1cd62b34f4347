// Whole files, read and written.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/whole_file.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "cli/options.h"

namespace rapt::cli {
namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

}  // namespace

void write_output(const std::string& option, const std::string& path, const std::string& bytes) {
  if (path == "-") {
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    return;
  }
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr)
    throw BadInput(fmt::format("{}: '{}' cannot be written ({}); choose another place", option, path, std::strerror(errno)));
  const bool whole = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const bool closed = std::fclose(file) == 0;
  if (whole && closed) return;
  const std::string reason = std::strerror(errno);
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path, ignored)) std::filesystem::remove(path, ignored);
  throw BadInput(fmt::format("{}: '{}' cannot be written ({}); is the disk full?", option, path, reason));
}

std::string read_input(const std::string& option, const std::string& path) {
  const File opened(path == "-" ? nullptr : std::fopen(path.c_str(), "rb"));
  std::FILE* file = path == "-" ? stdin : opened.get();
  if (file == nullptr) throw BadInput(fmt::format("{}: '{}' cannot be read ({})", option, path, std::strerror(errno)));
  std::string bytes;
  char block[65536];
  while (const size_t count = std::fread(block, 1, sizeof block, file)) bytes.append(block, count);
  if (std::ferror(file)) throw BadInput(fmt::format("{}: '{}' cannot be read ({})", option, path, std::strerror(errno)));
  return bytes;
}

}  // namespace rapt::cli
