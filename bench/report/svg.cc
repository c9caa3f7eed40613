// A bar for every ratio on a logarithmic scale: to the right of the line at 1 Daftar is ahead. A
// goal is a stroke across; a bar that reaches it is dark.

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "bench/report/report.h"

namespace daftar::bench {
namespace {

constexpr double kLabels = 330;  // width of the names
constexpr double kDecade = 110;  // from 1 to 10
constexpr double kLeast = 0.01;  // what the scale shows
constexpr double kMost = 10000;
constexpr int kLine = 18;
constexpr int kTop = 40;

double At(double ratio) {
  return kLabels + kDecade * std::log10(std::clamp(ratio, kLeast, kMost) / kLeast);
}

std::string Escaped(std::string_view text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
}

void AddBar(const Row& row, const std::string& peer, double ratio, int y, std::string* out) {
  const Goal* goal = row.GoalAgainst(peer);
  const char* colour = "#9bb";
  if (goal != nullptr) colour = ratio >= goal->ratio ? "#276" : "#c63";
  const double from = std::min(At(1), At(ratio));
  const double to = std::max(At(1), At(ratio));
  absl::StrAppendFormat(out, "<text x='%.0f' y='%d' text-anchor='end'>%s / %s</text>\n",
                        kLabels - 8, y + 12, Escaped(row.task), Escaped(peer));
  absl::StrAppendFormat(out, "<rect x='%.1f' y='%d' width='%.1f' height='%d' fill='%s'/>\n", from,
                        y + 2, to - from, kLine - 5, colour);
  absl::StrAppendFormat(out, "<text x='%.1f' y='%d'>%s</text>\n", At(kMost) + 12, y + 12,
                        Short(ratio));
  if (goal == nullptr) return;
  absl::StrAppendFormat(out,
                        "<line x1='%.1f' x2='%.1f' y1='%d' y2='%d' stroke='#000' "
                        "stroke-width='2'/>\n",
                        At(goal->ratio), At(goal->ratio), y, y + kLine - 1);
}

void AddScale(int bottom, std::string* out) {
  for (double ratio = kLeast; ratio <= kMost * 1.001; ratio *= 10) {
    absl::StrAppendFormat(out, "<line x1='%.1f' x2='%.1f' y1='%d' y2='%d' stroke='%s'/>\n",
                          At(ratio), At(ratio), kTop - 4, bottom,
                          std::abs(ratio - 1) < 0.001 ? "#000" : "#ddd");
    absl::StrAppendFormat(out, "<text x='%.1f' y='%d' text-anchor='middle'>%g</text>\n", At(ratio),
                          kTop - 8, ratio);
  }
}

}  // namespace

std::string AsSvg(const Report& report) {
  std::string bars;
  int y = kTop;
  for (const Row& row : report.rows) {
    for (const auto& [peer, samples] : row.peers) {
      const auto ratio = row.Ratio(peer);
      if (peer == kDaftar || !ratio.has_value()) continue;
      AddBar(row, peer, *ratio, y, &bars);
      y += kLine;
    }
  }
  std::string scale;
  AddScale(y, &scale);
  return absl::StrFormat(
      "<svg xmlns='http://www.w3.org/2000/svg' width='%.0f' height='%d' "
      "font-family='sans-serif' font-size='12'>\n<rect width='100%%' height='100%%' "
      "fill='#fff'/>\n<text x='8' y='16'>the peer's median divided by "
      "Daftar's</text>\n%s%s</svg>\n",
      At(kMost) + 80, y + 12, scale, bars);
}

}  // namespace daftar::bench
