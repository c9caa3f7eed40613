#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/report/report.h"

namespace daftar::bench {
namespace {

void AddPeer(const Row& row, const std::string& peer, const Samples& samples, bool first,
             std::string* out) {
  const std::string spread =
      absl::StrCat("(", Short(samples.min()), " to ", Short(samples.max()), ")");
  absl::StrAppendFormat(out, "%-34s %-7s %-10s %12s %-24s", first ? row.task : "",
                        first ? row.unit : "", peer, Short(samples.median()), spread);
  if (peer != kDaftar) {
    if (const auto ratio = row.Ratio(peer); ratio.has_value()) {
      absl::StrAppendFormat(out, " %8s", Short(*ratio));
      if (const Goal* goal = row.GoalAgainst(peer); goal != nullptr) {
        absl::StrAppendFormat(out, "  >= %-6s %s", Short(goal->ratio), Verdict(*ratio, *goal));
      }
    }
  }
  out->erase(out->find_last_not_of(' ') + 1);
  *out += '\n';
}

}  // namespace

std::string AsText(const Report& report) {
  std::string out;
  for (const auto& [name, value] : report.context) absl::StrAppend(&out, name, ": ", value, "\n");
  absl::StrAppendFormat(&out, "\n%-34s %-7s %-10s %12s %-24s %8s  %s\n", "task", "unit", "",
                        "median", "(least to most)", "ratio", "goal");
  for (const Row& row : report.rows) {
    bool first = true;
    for (const auto& [peer, samples] : row.peers) {
      AddPeer(row, peer, samples, first, &out);
      first = false;
    }
    for (const auto& [peer, reason] : report.skipped) {
      if (const Goal* goal = row.GoalAgainst(peer); goal != nullptr) {
        absl::StrAppendFormat(&out, "%-42s %-10s skipped: %s (goal >= %s)\n", "", peer, reason,
                              Short(goal->ratio));
      }
    }
  }
  return out +
         "\nratio: the peer's median divided by Daftar's; above 1 Daftar is the better one\n"
         "names in three scripts have a program of their own: ./run bench search\n";
}

}  // namespace daftar::bench
