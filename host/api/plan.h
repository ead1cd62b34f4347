// What a plan is: a checked problem, the engine that took it, and that engine's choice.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "api/context.h"
#include "engine/engine.h"

struct rapt_plan {
  const rapt_context* context;
  const rapt::Engine* engine;
  bool empty;  // nothing to write: a run returns at once
  rapt::Request request;
  rapt::Choice choice;
};

namespace rapt::api {

// Lets one engine, or with RAPT_ENGINE_AUTO the first that will, take plan.request. RAPT_UNSUPPORTED says why each asked did not.
rapt_status choose_engine(rapt_plan& plan);
rapt_status choose_first(std::span<const Engine* const> engines, rapt_plan& plan);  // what AUTO does

}  // namespace rapt::api
