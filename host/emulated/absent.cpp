// The emulated engine of a build without it.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "emulated/engine.h"

namespace rapt::emulated {
namespace {

bool refuse(Text& why_not) {
  why_not.append("not in this build; configure one with -DRAPT_EMULATED=ON");
  return false;
}

}  // namespace

const Engine kEngine = {
    "emulated",
    RAPT_ENGINE_EMULATED,
    true,
    [](const Request&, Text& why_not) { return refuse(why_not); },
    [](const Request&, Choice&, Text& why_not) { return refuse(why_not); },
    [](const Request&, const Choice&, const rapt_args&, void*, const rapt_executor&, void*, Text& fault) -> rapt_status {
      refuse(fault);
      return RAPT_NO_DEVICE;
    },
    [](const Request&, const Choice&, Text&) {},
    [](int32_t, rapt_variant&) { return false; }};

}  // namespace rapt::emulated
