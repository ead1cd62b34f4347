// One picture a head; radio buttons decide by CSS which is seen.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include "cli/heatmap_html.h"

#include <fmt/format.h>

#include "cli/heatmap_svg.h"
#include "cli/labels.h"

namespace rapt::cli {

std::string html_of(const std::vector<Heatmap>& maps, const std::string& title) {
  std::string style, buttons, pictures;
  for (size_t i = 0; i < maps.size(); ++i) {
    style += fmt::format("#h{0}:checked ~ #m{0} {{ display: block; }} #h{0}:checked + label {{ background: #222; color: #fff; }}\n", i);
    buttons += fmt::format("<input type=\"radio\" name=\"head\" id=\"h{0}\"{1}><label for=\"h{0}\">{2}</label>\n", i,
                           i == 0 ? " checked" : "", xml_text(maps[i].title));
    pictures += fmt::format("<div class=\"map\" id=\"m{}\">\n{}</div>\n", i, svg_of({maps[i]}));
  }
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{0}</title>\n<style>\n"
      "body {{ font-family: ui-monospace, Menlo, Consolas, monospace; margin: 1.5em; }}\n"
      "input {{ position: absolute; opacity: 0; }}\n"
      "label {{ display: inline-block; padding: 0.2em 0.6em; margin: 0.1em; border: 1px solid #999; border-radius: 4px; cursor: pointer; "
      "}}\n"
      "input:focus-visible + label {{ outline: 2px solid #3b6fb6; }}\n.map {{ display: none; }}\n{1}</style>\n</head>\n<body>\n"
      "<p>{0}</p>\n{2}{3}</body>\n</html>\n",
      xml_text(printable(title, true, 200)), style, buttons, pictures);
}

}  // namespace rapt::cli
