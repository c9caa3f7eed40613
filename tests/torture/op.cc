#include "torture/op.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "txn/bulk_load.h"

namespace daftar::torture {
namespace {

CommitOptions OptionsOf(const Op& op) {
  CommitOptions options;
  options.durability = op.synced ? Durability::kSynced : Durability::kBuffered;
  options.actor = "torture";
  options.reason = ReasonOf(op.id);
  return options;
}

absl::StatusOr<CommitVersion> RunBulk(txn::Core* core, const Op& op,
                                      const std::filesystem::path& spill_folder) {
  const auto catalog = core->catalog();
  txn::BulkLoadOptions options;
  options.intent = WriteIntent::kUpsert;
  options.spill_folder = spill_folder;
  options.sort_bytes_max = size_t{256} << 10;
  options.commit = OptionsOf(op);
  txn::BulkLoad load(core, &TableOf(*catalog, op.changes.front().row), options);
  uint64_t line = 0;
  for (const RowChange& change : op.changes) {
    const record::Message message = MessageOf(*catalog, change.row);
    const txn::BulkRecord added{&message, journal::HashOf(message.bytes())};
    DAFTAR_RETURN_IF_ERROR(load.Add(std::span(&added, 1), ++line));
  }
  DAFTAR_ASSIGN_OR_RETURN(const txn::BulkLoad::Result result, load.Finish());
  return result.version;
}

}  // namespace

std::string ReasonOf(uint64_t op_id) { return absl::StrCat("op ", op_id); }

uint64_t OpIdOf(std::string_view reason) {
  uint64_t id = 0;
  if (!absl::ConsumePrefix(&reason, "op ") || !absl::SimpleAtoi(reason, &id)) return 0;
  return id;
}

absl::StatusOr<CommitVersion> RunOp(txn::Core* core, const Op& op,
                                    const std::filesystem::path& spill_folder) {
  if (op.bulk) return RunBulk(core, op, spill_folder);
  const auto catalog = core->catalog();
  std::vector<txn::RecordWrite> writes;
  for (const RowChange& change : op.changes) {
    txn::RecordWrite write{&TableOf(*catalog, change.row), KeyOf(*catalog, change.row),
                           std::nullopt, change.intent};
    if (!change.deleted) write.record = MessageOf(*catalog, change.row);
    writes.push_back(std::move(write));
  }
  return core->Commit(*catalog, writes, OptionsOf(op));
}

}  // namespace daftar::torture
