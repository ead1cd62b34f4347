// What `rapt validate` remembers about an engine, and how it says so.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "workbench/judge.h"

namespace rapt::cli {

struct Tally {
  // Problems that were refused with the same sentence.
  struct Refusal {
    std::string sentence, first_problem;
    int64_t problems = 0;
    std::string text() const;  // "3, f32:sq1,d1 first: q, k and v are ..."
  };

  std::string name;  // "cpu/avx512", or the user's file
  int64_t judged = 0, failed = 0, refused = 0;
  double worst = 0, max_abs_error = 0;  // worst |error| / bound
  std::string worst_problem, worst_element;
  std::vector<Refusal> refusals;      // by sentence
  std::vector<int64_t> histogram;     // of |error| / bound, as in workbench::Verdict
  std::vector<std::string> failures;  // a line each, with the problem string

  // The same of each kernel that ran; none for a file.
  struct OfKernel {
    int64_t judged = 0, failed = 0;
    double worst = 0;
    std::string worst_problem;
  };
  std::map<std::string, OfKernel> kernels;

  void add(const std::string& problem, const workbench::Verdict& verdict, const std::string& kernel);
  void add_refusal(const std::string& problem, const std::string& sentence);
};

std::string print_tallies(const std::vector<Tally>& tallies, bool histogram);
nlohmann::ordered_json json_of(const std::vector<Tally>& tallies);

}  // namespace rapt::cli
