#include "torture/history_check.h"

#include "absl/strings/str_cat.h"
#include "torture/infer.h"

namespace daftar::torture {
namespace {

constexpr size_t kCyclesMax = 5;

const char* NameOf(EdgeKind kind) {
  switch (kind) {
    case EdgeKind::kWriteWrite:
      return "write-write";
    case EdgeKind::kWriteRead:
      return "write-read";
    case EdgeKind::kPredicateWriteRead:
      return "write-scan";
    case EdgeKind::kReadWrite:
      return "read-write";
    case EdgeKind::kPredicateReadWrite:
      return "scan-write";
    case EdgeKind::kTime:
      return "time";
  }
  return "";
}

std::string Text(const History& history, const Cycle& cycle) {
  std::string text;
  for (const Edge& edge : cycle.edges) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", "T", edge.from, " before T", edge.to, " (",
                    NameOf(edge.kind));
    absl::StrAppend(&text, edge.kind == EdgeKind::kTime ? "" : absl::StrCat(" of ", edge.object),
                    ")");
  }
  for (const Edge& edge : cycle.edges)
    absl::StrAppend(&text, "\n    ", Describe(history, edge.from));
  return text;
}

size_t CountReads(const History& history) {
  size_t reads = 0;
  for (const Recorded& recorded : history) {
    if (!recorded.counts()) continue;
    for (const Operation& operation : recorded.operations) {
      if (!std::holds_alternative<Append>(operation)) ++reads;
    }
  }
  return reads;
}

}  // namespace

std::vector<Edge> InferEdges(const History& history, Findings* findings) {
  Inference inference(history, findings);
  InferFromLists(&inference);
  InferFromItems(&inference);
  return inference.TakeEdges();
}

void CheckHistory(const History& history, Findings* findings, CheckCounts* counts) {
  const std::vector<Edge> edges = InferEdges(history, findings);
  counts->reads += CountReads(history);
  for (const Edge& edge : edges) ++counts->edges[NameOf(edge.kind)];
  std::vector<Span> spans;
  for (const Recorded& recorded : history) {
    spans.push_back(recorded.counts() ? Span{recorded.begin, recorded.end} : Span{0, UINT64_MAX});
  }
  for (const Cycle& cycle : FindCycles(edges, spans, kCyclesMax)) {
    findings->Add(cycle.name, [&] { return Text(history, cycle); });
  }
}

}  // namespace daftar::torture
