// `rapt info`: what this build is, what it found here, and the table of its kernels, also as the Markdown of the README.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/info.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/build_facts.h"
#include "cli/kernels.h"
#include "cli/options.h"
#include "workbench/ceilings.h"
#include "workbench/run.h"

namespace rapt::cli {
namespace {

struct InfoOptions {
  bool json = false, matrix = false;
};

// The first line that NVIDIA's kernel module shows about itself.
std::string driver_state() {
  std::ifstream file("/proc/driver/nvidia/version");
  std::string line;
  return std::getline(file, line) && !line.empty() ? line : "no NVIDIA driver is loaded";
}

nlohmann::ordered_json collect() {
  const workbench::Context context = workbench::make_context();
  nlohmann::ordered_json kernels = nlohmann::ordered_json::array();
  for (const Kernel& kernel : kernels_of_build()) {
    kernels.push_back({{"engine", kernel.engine},
                       {"name", kernel.name},
                       {"arch", kernel.arch},
                       {"types", kernel.types},
                       {"head_dims", kernel.head_dims},
                       {"features", kernel.features},
                       {"unavailable", kernel.unavailable}});
  }
  return {{"version", rapt_version()},
          {"abi", rapt_abi_version()},
          {"commit", build::kCommit},
          {"compiler", build::kCompiler},
          {"build", build::kType},
          {"sanitizers", build::kSanitizers},
          {"cuda", build::kCuda},
          {"driver", driver_state()},
          {"cpu", workbench::cpu_name()},
          {"isa", rapt_context_isa(context.get())},
          {"threads", rapt_context_threads(context.get())},
          {"kernels", kernels}};
}

std::string print_facts(const nlohmann::ordered_json& facts) {
  std::string text;
  for (const auto& [name, value] : facts.items()) {
    if (name == "kernels") continue;
    text += fmt::format("{:<11} {}\n", name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  text += "kernels\n";
  for (const Kernel& kernel : kernels_of_build()) {
    text += fmt::format("  {:<14} {:<20} {}\n", kernel.engine + "/" + kernel.name, kernel.types,
                        kernel.unavailable.empty() ? "runs here" : "not here: " + kernel.unavailable);
  }
  return text;
}

int info(const InfoOptions& options) {
  if (options.matrix && options.json) throw BadInput("--matrix is Markdown; leave out --json");
  if (options.matrix) {
    fmt::print("{}", print_matrix(kernels_of_build()));
  } else if (options.json) {
    fmt::print("{}\n", collect().dump(1));
  } else {
    fmt::print("{}", print_facts(collect()));
  }
  return kDone;
}

}  // namespace

void add_info(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand("info", "This build, this machine, and the kernels");
  const auto options = std::make_shared<InfoOptions>();
  command->add_flag("--matrix", options->matrix, "print the support matrix as Markdown");
  add_json(*command, options->json);
  command->callback([options, &exit_code] { exit_code = info(*options); });
}

}  // namespace rapt::cli
