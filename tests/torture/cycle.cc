#include "torture/cycle.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

namespace daftar::torture {
namespace {

constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();
// From how many transactions of a component the shortest cycle is looked for.
constexpr size_t kStartsMax = 200;

// Edges by the node they leave. Nodes are transactions and, behind them, moments.
class Graph {
 public:
  Graph(size_t nodes, std::vector<Edge> edges) : edges_(std::move(edges)), first_(nodes + 1) {
    std::sort(edges_.begin(), edges_.end(),
              [](const Edge& a, const Edge& b) { return a.from < b.from; });
    for (const Edge& edge : edges_) ++first_[edge.from + 1];
    std::partial_sum(first_.begin(), first_.end(), first_.begin());
  }

  size_t nodes() const { return first_.size() - 1; }
  size_t first(uint32_t node) const { return first_[node]; }
  size_t end(uint32_t node) const { return first_[node + 1]; }
  const Edge& edge(size_t index) const { return edges_[index]; }

 private:
  std::vector<Edge> edges_;
  std::vector<size_t> first_;
};

// Tarjan's algorithm without recursion.
class Components {
 public:
  explicit Components(const Graph& graph)
      : graph_(graph),
        order_(graph.nodes(), kNone),
        low_(graph.nodes()),
        of_(graph.nodes(), kNone) {
    for (uint32_t node = 0; node < graph.nodes(); ++node) {
      if (order_[node] == kNone) Visit(node);
    }
  }

  // Those with more than one node.
  const std::vector<std::vector<uint32_t>>& large() const { return large_; }
  uint32_t of(uint32_t node) const { return of_[node]; }

 private:
  struct Frame {
    uint32_t node;
    size_t next;  // edge
  };

  void Enter(uint32_t node) {
    order_[node] = low_[node] = next_order_++;
    open_.push_back(node);
    frames_.push_back({node, graph_.first(node)});
  }

  void Visit(uint32_t root) {
    Enter(root);
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      const uint32_t node = frame.node;
      if (frame.next < graph_.end(node)) {
        const uint32_t to = graph_.edge(frame.next++).to;
        if (order_[to] == kNone) {
          Enter(to);
        } else if (of_[to] == kNone) {
          low_[node] = std::min(low_[node], order_[to]);
        }
        continue;
      }
      if (low_[node] == order_[node]) Close(node);
      frames_.pop_back();
      if (!frames_.empty()) {
        low_[frames_.back().node] = std::min(low_[frames_.back().node], low_[node]);
      }
    }
  }

  void Close(uint32_t root) {
    std::vector<uint32_t> nodes;
    do {
      nodes.push_back(open_.back());
      open_.pop_back();
      of_[nodes.back()] = next_component_;
    } while (nodes.back() != root);
    ++next_component_;
    if (nodes.size() > 1) large_.push_back(std::move(nodes));
  }

  const Graph& graph_;
  std::vector<uint32_t> order_;
  std::vector<uint32_t> low_;
  std::vector<uint32_t> of_;
  std::vector<uint32_t> open_;
  std::vector<Frame> frames_;
  std::vector<std::vector<uint32_t>> large_;
  uint32_t next_order_ = 0;
  uint32_t next_component_ = 0;
};

// The shortest way from `start` back to it, breadth first within its component.
std::vector<Edge> ShortestFrom(const Graph& graph, const Components& components, uint32_t start,
                               std::vector<size_t>* came_by) {
  constexpr size_t kUnseen = std::numeric_limits<size_t>::max();
  std::vector<uint32_t> seen = {start};
  std::vector<Edge> way;
  for (size_t i = 0; i < seen.size() && way.empty(); ++i) {
    for (size_t e = graph.first(seen[i]); e < graph.end(seen[i]); ++e) {
      const uint32_t to = graph.edge(e).to;
      if (components.of(to) != components.of(start)) continue;
      if (to == start) {
        size_t by = e;
        way.push_back(graph.edge(by));
        while (graph.edge(by).from != start) {
          by = (*came_by)[graph.edge(by).from];
          way.push_back(graph.edge(by));
        }
        break;
      }
      if ((*came_by)[to] != kUnseen) continue;
      (*came_by)[to] = e;
      seen.push_back(to);
    }
  }
  for (const uint32_t node : seen) (*came_by)[node] = kUnseen;
  std::reverse(way.begin(), way.end());
  return way;
}

// Leaves out the moments between two transactions.
std::vector<Edge> WithoutMoments(const std::vector<Edge>& way, size_t transactions) {
  // Begun at a transaction, so that no edge wraps around.
  size_t first = 0;
  while (way[first].from >= transactions) ++first;
  std::vector<Edge> edges;
  for (size_t i = 0; i < way.size(); ++i) {
    const Edge& edge = way[(first + i) % way.size()];
    if (edge.from < transactions) {
      edges.push_back(edge);
    } else {
      edges.back().to = edge.to;
    }
  }
  return edges;
}

const char* NameOf(const std::vector<Edge>& edges) {
  size_t reads = 0;
  size_t anti = 0;
  bool predicate = false;
  bool time = false;
  for (const Edge& edge : edges) {
    switch (edge.kind) {
      case EdgeKind::kWriteWrite:
        break;
      case EdgeKind::kWriteRead:
      case EdgeKind::kPredicateWriteRead:
        ++reads;
        break;
      case EdgeKind::kPredicateReadWrite:
        predicate = true;
        ++anti;
        break;
      case EdgeKind::kReadWrite:
        ++anti;
        break;
      case EdgeKind::kTime:
        time = true;
        break;
    }
  }
  if (anti == 0 && reads == 0) return time ? "G0-realtime" : "G0";
  if (anti == 0) return time ? "G1c-realtime" : "G1c";
  if (anti == 1) return time ? "G-single-realtime" : "G-single";
  if (predicate) return time ? "G2-realtime" : "G2";
  return time ? "G2-item-realtime" : "G2-item";
}

std::vector<Cycle> CyclesOf(const Graph& graph, size_t transactions, size_t cycles_max) {
  const Components components(graph);
  std::vector<size_t> came_by(graph.nodes(), std::numeric_limits<size_t>::max());
  std::vector<Cycle> cycles;
  for (const std::vector<uint32_t>& nodes : components.large()) {
    if (cycles.size() == cycles_max) break;
    std::vector<Edge> best;
    size_t starts = 0;
    for (const uint32_t node : nodes) {
      if (node >= transactions || starts++ >= kStartsMax) continue;
      const auto way =
          WithoutMoments(ShortestFrom(graph, components, node, &came_by), transactions);
      if (best.empty() || way.size() < best.size()) best = way;
    }
    const char* const name = NameOf(best);
    cycles.push_back({std::move(best), name});
  }
  return cycles;
}

// Real time without an edge for every pair: the moments at which transactions returned form a
// chain, each transaction leads to its own moment and follows from the last before it began.
void AddTime(const std::vector<Span>& spans, std::vector<Edge>* edges) {
  std::vector<uint32_t> by_end(spans.size());
  std::iota(by_end.begin(), by_end.end(), 0);
  std::sort(by_end.begin(), by_end.end(),
            [&](uint32_t a, uint32_t b) { return spans[a].end < spans[b].end; });
  const auto moment = [&](size_t place) { return static_cast<uint32_t>(spans.size() + place); };
  for (size_t place = 0; place < by_end.size(); ++place) {
    edges->push_back({by_end[place], moment(place), EdgeKind::kTime, 0});
    if (place > 0) edges->push_back({moment(place - 1), moment(place), EdgeKind::kTime, 0});
  }
  for (uint32_t transaction = 0; transaction < spans.size(); ++transaction) {
    const auto after = std::partition_point(by_end.begin(), by_end.end(), [&](uint32_t other) {
      return spans[other].end < spans[transaction].begin;
    });
    if (after == by_end.begin()) continue;
    const auto place = static_cast<size_t>(after - by_end.begin()) - 1;
    edges->push_back({moment(place), transaction, EdgeKind::kTime, 0});
  }
}

}  // namespace

std::vector<Cycle> FindCycles(const std::vector<Edge>& edges, const std::vector<Span>& spans,
                              size_t cycles_max) {
  // The kinds are in the order in which they are let in.
  for (const EdgeKind last : {EdgeKind::kWriteWrite, EdgeKind::kPredicateWriteRead,
                              EdgeKind::kPredicateReadWrite, EdgeKind::kTime}) {
    std::vector<Edge> chosen;
    std::copy_if(edges.begin(), edges.end(), std::back_inserter(chosen),
                 [&](const Edge& edge) { return edge.kind <= last; });
    size_t nodes = spans.size();
    if (last == EdgeKind::kTime) {
      AddTime(spans, &chosen);
      nodes *= 2;
    }
    std::vector<Cycle> cycles = CyclesOf(Graph(nodes, std::move(chosen)), spans.size(), cycles_max);
    if (!cycles.empty()) return cycles;
  }
  return {};
}

}  // namespace daftar::torture
