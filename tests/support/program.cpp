// fork, exec, two files for what is printed.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "tests/support/program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace rapt::tests {
namespace {

std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// In the child, between fork and exec.
void point_at(int descriptor, const char* path, int flags) {
  const int file = ::open(path, flags, 0600);
  if (file < 0 || ::dup2(file, descriptor) < 0) ::_exit(125);
  ::close(file);
}

}  // namespace

Folder::Folder() {
  path_ = (std::filesystem::temp_directory_path() / "rapt_test_XXXXXX").string();
  if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no folder can be made at " + path_);
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void Folder::write(const std::string& name, const std::string& bytes) const {
  std::ofstream file(path(name), std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) throw std::runtime_error("cannot write " + path(name));
}

std::string Folder::read(const std::string& name) const {
  if (!std::filesystem::is_regular_file(path(name))) throw std::runtime_error("there is no file " + path(name));
  return read_all(path(name));
}

std::map<std::string, std::string> Folder::contents() const {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path_)) {
    if (entry.is_regular_file()) files[entry.path().lexically_relative(path_).string()] = read_all(entry.path());
  }
  return files;
}

Ran run_program(const std::string& program, const std::vector<std::string>& arguments, const Folder& folder) {
  const Folder printed;
  const std::string out = printed.path("out"), err = printed.path("err");
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("no process can be made");
  if (child == 0) {
    point_at(STDIN_FILENO, "/dev/null", O_RDONLY);
    point_at(STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT);
    point_at(STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT);
    if (::chdir(folder.path().c_str()) == 0) ::execv(program.c_str(), argv.data());
    ::_exit(126);
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child) throw std::runtime_error("the process is lost");
  Ran ran;
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ran.out = read_all(out);
  ran.err = read_all(err);
  return ran;
}

}  // namespace rapt::tests
