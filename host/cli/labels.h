// Token labels: read from a file, cut to a width, safe to print in a terminal or in XML whatever bytes they hold.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rapt::cli {

// JSON: a list of strings, a list of such lists (one per batch entry), or an object whose "tokens" is one of these; otherwise a text file
// with one label a line. Throws BadInput that begins with `option`. A single list serves every batch entry.
std::vector<std::string> read_labels(const std::string& option, const std::string& path, int64_t batch_entry);

// Without leading and trailing spaces (an all-space label becomes "' '"); newline, tab as \n, \t; other control characters and broken UTF-8
// as '?', all characters beyond ASCII too unless `utf8`; cut to max_columns, counting one column per code point.
std::string printable(const std::string& label, bool utf8, size_t max_columns);
size_t columns_of(const std::string& printed);

// Text content of an XML element.
std::string xml_text(const std::string& label);

}  // namespace rapt::cli
