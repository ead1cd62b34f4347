// Is a text well-formed enough to be read as XML? Tags balance, attributes are quoted, nothing is left unescaped.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cctype>
#include <string>
#include <vector>

namespace rapt::cli {

// "" if nothing is wrong. Knows elements, attributes and the five entities; no comments, processing instructions or CDATA.
inline std::string what_is_wrong_with_xml(const std::string& text) {
  std::vector<std::string> open;
  bool seen_root = false;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '&') {
      const std::string entity = text.substr(at, text.find(';', at) - at + 1);
      if (entity != "&amp;" && entity != "&lt;" && entity != "&gt;" && entity != "&quot;" && entity != "&apos;") return "entity " + entity;
      at += entity.size();
    } else if (text[at] == '>') {
      return "a > outside a tag";
    } else if (text[at] != '<') {
      const auto byte = static_cast<unsigned char>(text[at]);
      if (byte < 0x20 && byte != '\n' && byte != '\t') return "a control character";
      if (open.empty() && !std::isspace(byte)) return "text outside the root";
      ++at;
    } else {
      size_t end = at + 1;
      for (bool quoted = false; end < text.size() && (quoted || text[end] != '>'); ++end) {
        if (text[end] == '"') quoted = !quoted;
        if (text[end] == '<') return "a < inside a tag";
      }
      if (end >= text.size()) return "a tag that does not end";
      const bool closes = text[at + 1] == '/', empty = text[end - 1] == '/';
      const size_t begin = at + 1 + closes;
      const std::string name = text.substr(begin, text.find_first_of(" />\n", begin) - begin);
      if (closes) {
        if (open.empty() || open.back() != name) return "</" + name + "> closes nothing";
        open.pop_back();
      } else {
        if (open.empty() && seen_root) return "a second root";
        seen_root = true;
        if (!empty) open.push_back(name);
      }
      at = end + 1;
    }
  }
  if (!open.empty()) return "<" + open.back() + "> is not closed";
  return seen_root ? "" : "no root";
}

}  // namespace rapt::cli
