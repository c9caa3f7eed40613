#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "torture/checker.h"
#include "txn/journal_reader.h"

namespace daftar::torture {
namespace {

absl::Status CheckAcknowledged(const LoggedOp& logged, CommitVersion after,
                               const std::vector<uint64_t>& order, const SessionOptions& options) {
  if (!logged.error.empty()) {
    return WrongAnswer(absl::StrCat("op ", logged.op.id, " was refused: ", logged.error));
  }
  if (!logged.acknowledged.has_value()) return absl::OkStatus();
  const uint64_t version = logged.acknowledged->value();
  const uint64_t last = after.value() + order.size();
  if (version > last) {
    if (options.buffered_may_be_lost && !logged.op.synced) return absl::OkStatus();
    return WrongAnswer(absl::StrCat("op ", logged.op.id, " was acknowledged as commit ", version,
                                    logged.op.synced ? " (synced)" : " (buffered)",
                                    " and is lost; newest commit found: ", last));
  }
  if (version <= after.value()) {
    return WrongAnswer(absl::StrCat("op ", logged.op.id, " was acknowledged as commit ", version,
                                    ", which is another session's"));
  }
  const uint64_t found = order[version - after.value() - 1];
  if (found == logged.op.id) return absl::OkStatus();
  return WrongAnswer(absl::StrCat("op ", logged.op.id, " was acknowledged as commit ", version,
                                  ", where op ", found, " is found"));
}

}  // namespace

absl::StatusOr<std::vector<uint64_t>> ReadOrder(const txn::Core& core, CommitVersion after) {
  const txn::ReadView view = core.View();
  std::vector<uint64_t> order;
  for (uint64_t version = after.value() + 1; version <= view.version.value(); ++version) {
    DAFTAR_ASSIGN_OR_RETURN(const journal::EntryHead head,
                            txn::ReadEntry(*view.reader, CommitVersion(version)));
    order.push_back(OpIdOf(head.reason));
  }
  if (view.version >= after) return order;
  return WrongAnswer(absl::StrCat("commits that were found before are lost; newest: ",
                                  view.version.value(), ", before: ", after.value()));
}

absl::Status CheckSession(const std::vector<LoggedOp>& session, CommitVersion after,
                          const std::vector<uint64_t>& order, const SessionOptions& options) {
  absl::flat_hash_map<uint64_t, bool> attempted;  // to whether it was found
  for (const LoggedOp& logged : session) {
    attempted[logged.op.id] = false;
    DAFTAR_RETURN_IF_ERROR(CheckAcknowledged(logged, after, order, options));
  }
  for (size_t i = 0; i < order.size(); ++i) {
    const auto found = attempted.find(order[i]);
    if (found != attempted.end() && !found->second) {
      found->second = true;
      continue;
    }
    return WrongAnswer(absl::StrCat(
        "commit ", after.value() + i + 1, " is op ", order[i],
        found == attempted.end() ? ", which was never attempted" : ", which was found already"));
  }
  return absl::OkStatus();
}

void Adopt(const std::vector<LoggedOp>& session, const std::vector<uint64_t>& order, Model* model) {
  absl::flat_hash_map<uint64_t, const Op*> ops;
  for (const LoggedOp& logged : session) ops[logged.op.id] = &logged.op;
  for (const uint64_t id : order) model->Apply(*ops.at(id));
}

}  // namespace daftar::torture
