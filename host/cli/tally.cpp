// Verdicts added up, printed as a table and as JSON.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/tally.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace rapt::cli {
namespace {

// Shares of all elements in each tenth of the bound, and a bar of up to 40 characters.
std::string print_histogram(const Tally& tally) {
  int64_t total = 0, most = 1;
  for (const int64_t count : tally.histogram) total += count, most = std::max(most, count);
  std::string text = fmt::format("\n{}: |error| / bound of {} elements of o\n", tally.name, total);
  for (size_t bin = 0; bin < tally.histogram.size(); ++bin) {
    const int64_t count = tally.histogram[bin];
    const bool last = bin + 1 == tally.histogram.size();
    const std::string range =
        last ? ">= 1     " : fmt::format("{:.1f} - {:.1f}", static_cast<double>(bin) / 10, static_cast<double>(bin + 1) / 10);
    const auto length = static_cast<size_t>((40 * count + most - 1) / most);
    text += fmt::format("  {:<9} {:>12}  {}\n", range, count, std::string(length, '#'));
  }
  return text;
}

}  // namespace

void Tally::add(const std::string& problem, const workbench::Verdict& verdict, const std::string& kernel) {
  ++judged;
  if (!verdict.pass) ++failed, failures.push_back(verdict.message);
  if (verdict.worst > worst || worst_problem.empty()) {
    worst = verdict.worst;
    worst_problem = problem;
    worst_element = verdict.worst_element;
  }
  max_abs_error = std::max(max_abs_error, verdict.max_abs_error);
  histogram.resize(std::max(histogram.size(), verdict.histogram.size()), 0);
  for (size_t bin = 0; bin < verdict.histogram.size(); ++bin) histogram[bin] += verdict.histogram[bin];
  if (kernel.empty()) return;
  OfKernel& of_kernel = kernels[kernel];
  ++of_kernel.judged;
  if (!verdict.pass) ++of_kernel.failed;
  if (verdict.worst > of_kernel.worst || of_kernel.worst_problem.empty())
    of_kernel.worst = verdict.worst, of_kernel.worst_problem = problem;
}

void Tally::add_refusal(const std::string& problem, const std::string& sentence) {
  ++refused;
  const auto same = [&sentence](const Tally::Refusal& refusal) { return refusal.sentence == sentence; };
  const auto known = std::find_if(refusals.begin(), refusals.end(), same);
  if (known != refusals.end())
    ++known->problems;
  else
    refusals.push_back({sentence, problem, 1});
}

std::string Tally::Refusal::text() const { return fmt::format("{}, {} first: {}", problems, first_problem, sentence); }

std::string print_tallies(const std::vector<Tally>& tallies, bool histogram) {
  std::string text =
      fmt::format("{:<18} {:>8} {:>7} {:>8}  {:>13}  worst at\n", "engine", "problems", "failed", "refused", "error / bound");
  for (const Tally& tally : tallies) {
    text += fmt::format("{:<18} {:>8} {:>7} {:>8}  {:>13.3f}  {}\n", tally.name, tally.judged, tally.failed, tally.refused, tally.worst,
                        tally.worst_problem);
    if (!tally.worst_element.empty()) text += fmt::format("{:<18} {}\n", "", tally.worst_element);
    for (const Tally::Refusal& refusal : tally.refusals) text += fmt::format("{:<18} refused {}\n", "", refusal.text());
  }
  for (const Tally& tally : tallies) {
    if (histogram && !tally.histogram.empty()) text += print_histogram(tally);
  }
  return text;
}

nlohmann::ordered_json json_of(const std::vector<Tally>& tallies) {
  nlohmann::ordered_json engines = nlohmann::ordered_json::array();
  for (const Tally& tally : tallies) {
    nlohmann::ordered_json kernels = nlohmann::ordered_json::array();
    for (const auto& [name, kernel] : tally.kernels) {
      kernels.push_back({{"kernel", name},
                         {"problems", kernel.judged},
                         {"failed", kernel.failed},
                         {"error_of_bound", kernel.worst},
                         {"worst_problem", kernel.worst_problem}});
    }
    nlohmann::ordered_json refusals = nlohmann::ordered_json::array();
    for (const Tally::Refusal& refusal : tally.refusals)
      refusals.push_back({{"sentence", refusal.sentence}, {"first_problem", refusal.first_problem}, {"problems", refusal.problems}});
    engines.push_back({{"engine", tally.name},
                       {"problems", tally.judged},
                       {"failed", tally.failed},
                       {"refused", tally.refused},
                       {"error_of_bound", tally.worst},
                       {"max_abs_error", tally.max_abs_error},
                       {"worst_problem", tally.worst_problem},
                       {"worst_element", tally.worst_element},
                       {"histogram", tally.histogram},
                       {"refusals", refusals},
                       {"kernels", kernels},
                       {"failures", tally.failures}});
  }
  const bool pass = std::all_of(tallies.begin(), tallies.end(), [](const Tally& tally) { return tally.failed == 0; });
  return {{"pass", pass}, {"engines", engines}};
}

}  // namespace rapt::cli
