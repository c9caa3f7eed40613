#include <nlohmann/json.hpp>

#include "bench/report/report.h"

namespace daftar::bench {
namespace {

nlohmann::ordered_json PeerOf(const Row& row, const std::string& peer, const Samples& samples) {
  nlohmann::ordered_json json = {{"median", samples.median()},
                                 {"least", samples.min()},
                                 {"most", samples.max()},
                                 {"samples", samples.values()}};
  const auto ratio = row.Ratio(peer);
  if (peer == kDaftar || !ratio.has_value()) return json;
  json["ratio"] = *ratio;
  if (const Goal* goal = row.GoalAgainst(peer); goal != nullptr) {
    json["goal"] = goal->ratio;
    json["verdict"] = Verdict(*ratio, *goal);
  }
  return json;
}

}  // namespace

std::string AsJson(const Report& report) {
  nlohmann::ordered_json json;
  for (const auto& [name, value] : report.context) json["context"][name] = value;
  for (const auto& [peer, reason] : report.skipped) json["skipped"][peer] = reason;
  json["rows"] = nlohmann::ordered_json::array();
  for (const Row& row : report.rows) {
    nlohmann::ordered_json peers;
    for (const auto& [peer, samples] : row.peers) peers[peer] = PeerOf(row, peer, samples);
    json["rows"].push_back(
        {{"group", row.group}, {"task", row.task}, {"unit", row.unit}, {"peers", peers}});
  }
  return json.dump(2) + "\n";
}

}  // namespace daftar::bench
