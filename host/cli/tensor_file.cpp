// Reading regular files whole, and writing under another name until the last byte is on its way.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/tensor_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "cli/npy.h"
#include "cli/options.h"
#include "cli/safetensors.h"

namespace rapt::cli {
namespace {

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

std::shared_ptr<const std::vector<std::byte>> read_file(const std::string& option, const std::string& path) {
  const auto refuse = [&](const std::string& reason) -> BadInput {
    return BadInput(fmt::format("{}: '{}' cannot be read ({}); name a file that is there", option, path, reason));
  };
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat facts = {};
  if (file.get() < 0 || ::fstat(file.get(), &facts) != 0) throw refuse(std::strerror(errno));
  if (!S_ISREG(facts.st_mode)) throw refuse("it is not a regular file");
  auto bytes = std::make_shared<std::vector<std::byte>>(static_cast<size_t>(facts.st_size));
  size_t have = 0;
  while (have < bytes->size()) {
    const ssize_t got = ::read(file.get(), bytes->data() + have, bytes->size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw refuse(std::strerror(errno));
    if (got == 0) break;  // it shrank meanwhile
    have += static_cast<size_t>(got);
  }
  bytes->resize(have);
  return bytes;
}

// parse(bytes), its sentence led by the option and the path.
template <class Parse>
auto parse_file(const std::string& option, const std::string& path, Bytes bytes, Parse parse) {
  try {
    return parse(bytes);
  } catch (const BadInput& error) {
    throw BadInput(fmt::format("{}: '{}' cannot be used: {}", option, path, error.what()));
  }
}

bool write_all(int fd, const void* data, size_t bytes) {
  const char* from = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t wrote = ::write(fd, from, bytes);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    from += wrote;
    bytes -= static_cast<size_t>(wrote);
  }
  return true;
}

}  // namespace

Array read_npy(const std::string& option, const std::string& path) {
  const auto bytes = read_file(option, path);
  Array array = parse_file(option, path, *bytes, parse_npy);
  if (array.owner == nullptr) array.owner = bytes;
  return array;
}

std::map<std::string, Array> read_safetensors(const std::string& option, const std::string& path) {
  const auto bytes = read_file(option, path);
  std::map<std::string, Array> tensors = parse_file(option, path, *bytes, parse_safetensors);
  for (auto& [name, array] : tensors) array.owner = bytes;
  return tensors;
}

bool is_safetensors(const std::string& path) { return std::filesystem::path(path).extension() == ".safetensors"; }

TensorOutput::TensorOutput(std::string option, std::string path) : option_(std::move(option)), path_(std::move(path)) {
  if (!is_safetensors(path_) && std::filesystem::path(path_).extension() != ".npy") {
    throw BadInput(fmt::format("{}: '{}' ends in neither .npy nor .safetensors; name the file so", option_, path_));
  }
  std::error_code error;
  const std::filesystem::path target = std::filesystem::weakly_canonical(path_, error);
  if (error) refuse(error.message());
  if (std::filesystem::exists(target, error) && !std::filesystem::is_regular_file(target, error)) refuse("it is not a regular file");
  target_ = target.string();
  staged_ = fmt::format("{}.{}.partial", target_, ::getpid());
  const Descriptor probe(::open(staged_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (probe.get() < 0) {
    const int reason = errno;
    staged_.clear();
    refuse(std::strerror(reason));
  }
  ::unlink(staged_.c_str());
}

TensorOutput::~TensorOutput() {
  if (!staged_.empty()) ::unlink(staged_.c_str());
}

void TensorOutput::refuse(const std::string& reason) const {
  throw BadInput(fmt::format("{}: '{}' cannot be written ({}); choose another place", option_, path_, reason));
}

void TensorOutput::stage_npy(const Array& array) { stage(npy_header(array.element, array.shape), {{"", array}}); }

void TensorOutput::stage_safetensors(const std::map<std::string, Array>& tensors) { stage(safetensors_header(tensors), tensors); }

void TensorOutput::stage(const std::string& header, const std::map<std::string, Array>& tensors) {
  Descriptor file(::open(staged_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  bool good = file.get() >= 0 && write_all(file.get(), header.data(), header.size());
  for (const auto& [name, array] : tensors) good = good && write_all(file.get(), array.bytes.data(), array.bytes.size());
  if (!good || !file.close()) refuse(std::strerror(errno));
}

void TensorOutput::keep() {
  if (::rename(staged_.c_str(), target_.c_str()) != 0) refuse(std::strerror(errno));
  staged_.clear();
}

}  // namespace rapt::cli
