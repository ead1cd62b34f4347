// Reading labels and making them fit to print.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/labels.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/options.h"
#include "cli/whole_file.h"

namespace rapt::cli {
namespace {

using nlohmann::json;

std::vector<std::string> strings_of(const std::string& option, const std::string& path, const json& list) {
  std::vector<std::string> labels;
  for (const json& entry : list) {
    if (!entry.is_string()) throw BadInput(fmt::format("{}: '{}' holds a list with something that is not a string", option, path));
    labels.push_back(entry.get<std::string>());
  }
  return labels;
}

std::vector<std::string> labels_of_json(const std::string& option, const std::string& path, const std::string& text, int64_t batch_entry) {
  json document = json::parse(text, nullptr, false);
  if (document.is_object() && document.contains("tokens")) document = json(document["tokens"]);
  if (!document.is_array()) {
    throw BadInput(fmt::format("{}: '{}' is neither a JSON list of strings nor an object with a list \"tokens\"", option, path));
  }
  if (document.empty() || !document[0].is_array()) return strings_of(option, path, document);
  if (batch_entry >= static_cast<int64_t>(document.size())) {
    throw BadInput(fmt::format("{}: '{}' has {} lists of labels; batch entry {} has none", option, path, document.size(), batch_entry));
  }
  const json& list = document[static_cast<size_t>(batch_entry)];
  if (!list.is_array()) throw BadInput(fmt::format("{}: '{}' mixes lists and other things", option, path));
  return strings_of(option, path, list);
}

std::vector<std::string> labels_of_lines(const std::string& text) {
  std::vector<std::string> labels;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    labels.push_back(line);
    begin = end + 1;
  }
  return labels;
}

// Bytes of the well-formed UTF-8 sequence at text[at], 0 if it is broken. So are overlong forms, surrogates, U+FFFE and U+FFFF,
// which XML does not have, and values past U+10FFFF.
size_t sequence_length(const std::string& text, size_t at) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0; };
  const unsigned lead = byte(at);
  const size_t length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  }
  const unsigned second = byte(at + 1);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return 0;
  if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return 0;
  if (lead == 0xEF && second == 0xBF && byte(at + 2) >= 0xBE) return 0;
  return length;
}

// U+0080 .. U+009F, control characters of their own.
bool is_c1_control(const std::string& sequence) {
  return sequence.size() == 2 && sequence[0] == '\xC2' && static_cast<unsigned char>(sequence[1]) < 0xA0;
}

// What the sequence at `at` prints as; `at` moves past it.
std::string next_printed(const std::string& text, size_t& at, bool utf8) {
  const size_t length = sequence_length(text, at);
  const std::string sequence = text.substr(at, std::max<size_t>(length, 1));
  at += sequence.size();
  if (length == 0) return "?";
  if (length > 1) return utf8 && !is_c1_control(sequence) ? sequence : "?";
  if (sequence[0] == '\n') return "\\n";
  if (sequence[0] == '\t') return "\\t";
  const unsigned char byte = static_cast<unsigned char>(sequence[0]);
  return byte < 0x20 || byte == 0x7F ? "?" : sequence;
}

}  // namespace

std::vector<std::string> read_labels(const std::string& option, const std::string& path, int64_t batch_entry) {
  const std::string text = read_input(option, path);
  const size_t first = text.find_first_not_of(" \t\r\n");
  const bool is_json = path.ends_with(".json") || (first != std::string::npos && text[first] == '[' && json::accept(text));
  return is_json ? labels_of_json(option, path, text, batch_entry) : labels_of_lines(text);
}

std::string printable(const std::string& label, bool utf8, size_t max_columns) {
  const size_t first = label.find_first_not_of(' ');
  if (first == std::string::npos) return label.empty() ? "" : "' '";
  const std::string trimmed = label.substr(first, label.find_last_not_of(' ') - first + 1);
  std::string printed;
  for (size_t at = 0; at < trimmed.size();) {
    const std::string next = next_printed(trimmed, at, utf8);
    if (columns_of(printed) + columns_of(next) > max_columns) break;
    printed += next;
  }
  return printed;
}

size_t columns_of(const std::string& printed) {
  size_t columns = 0;
  for (char byte : printed) columns += (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  return columns;
}

std::string xml_text(const std::string& label) {
  std::string escaped;
  for (char byte : label) {
    switch (byte) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default: escaped += byte;
    }
  }
  return escaped;
}

}  // namespace rapt::cli
