// Inferring which transactions came before which: shared between lists and items.
#pragma once

#include <limits>
#include <vector>

#include "torture/cycle.h"
#include "torture/findings.h"
#include "torture/history.h"

namespace daftar::torture {

inline constexpr uint32_t kNobody = std::numeric_limits<uint32_t>::max();

// Who wrote a value, where, and whether it was the transaction's last word there.
struct Writer {
  uint32_t transaction = kNobody;
  uint32_t object = 0;
  bool is_append = false;
  bool final = true;
};

class Inference {
 public:
  Inference(const History& history, Findings* findings);

  const History& history() const { return history_; }
  const Recorded& at(uint32_t transaction) const { return history_[transaction]; }

  // Of a value that nobody wrote, the transaction is kNobody.
  const Writer& WriterOf(uint32_t value) const;

  // Whether transaction `reader` could see `value` in this place; says so when not. An append may
  // be followed by others of its transaction unless it is the `last` of what was read.
  bool CheckSeen(uint32_t reader, uint32_t value, uint32_t object, bool is_append, bool last);

  // Does nothing for a transaction before itself or before nobody.
  void AddEdge(uint32_t from, uint32_t to, EdgeKind kind, uint32_t object);
  // The same unless it follows from time.
  void AddUnlessTimeSays(uint32_t from, uint32_t to, EdgeKind kind, uint32_t object);
  // Reports a violation that concerns one transaction, or two.
  void Report(const char* name, const std::string& what, uint32_t transaction,
              uint32_t other = kNobody);

  std::vector<Edge> TakeEdges() { return std::move(edges_); }

 private:
  void FindWriters();
  void NoteWriter(uint32_t value, const Writer& writer);

  const History& history_;
  Findings* const findings_;
  std::vector<Writer> writers_;  // by value
  std::vector<Edge> edges_;
};

void InferFromLists(Inference* inference);
void InferFromItems(Inference* inference);

}  // namespace daftar::torture
