// Compares an open database with the model.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "torture/choices.h"
#include "torture/model.h"
#include "torture/op_log.h"
#include "txn/core.h"

namespace daftar::torture {

// A wrong answer, as a status: of a code that the engine never gives, so that what it refuses to
// answer can be told from what it answers wrongly.
absl::Status WrongAnswer(std::string_view text);
bool IsWrongAnswer(const absl::Status& status);

// The ids of the commits after `after`, in their order, from the journal. Errors: also
// WrongAnswer when an entry is not of one of ours.
absl::StatusOr<std::vector<uint64_t>> ReadOrder(const txn::Core& core, CommitVersion after);

struct SessionOptions {
  bool buffered_may_be_lost = false;  // power was lost
};
// Whether the commits found after `after` are what a session of attempts may leave: all that were
// acknowledged at their places, and beyond them only such as were attempted, each once.
absl::Status CheckSession(const std::vector<LoggedOp>& session, CommitVersion after,
                          const std::vector<uint64_t>& order, const SessionOptions& options);

// Makes the commits found the model's next ones. Requires: CheckSession was content.
void Adopt(const std::vector<LoggedOp>& session, const std::vector<uint64_t>& order, Model* model);

struct CheckOptions {
  int past_states = 2;       // earlier commits, chosen at random, whose state is compared
  bool point_reads = false;  // also reads every key by itself
};
// Compares everything: records, index entries, old values and the journal, all keys there are, and
// earlier states. Errors: WrongAnswer saying what differs; those of reading.
absl::Status CheckLedger(const txn::Core& core, const Model& model, const CheckOptions& options,
                         Choices* choices);

}  // namespace daftar::torture
