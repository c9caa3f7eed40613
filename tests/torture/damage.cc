#include "torture/damage.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "torture/checker.h"
#include "torture/open_ledger.h"
#include "torture/writers.h"

namespace daftar::torture {
namespace {

// Whether the engine may say so of damage. Anything else tells the user to do the wrong thing.
absl::Status Judge(const absl::Status& status) {
  if (absl::IsDataLoss(status)) return absl::OkStatus();
  if (IsWrongAnswer(status)) return status;
  return WrongAnswer(absl::StrCat("refused with the wrong code: ", status.ToString()));
}

absl::StatusOr<bool> CheckOnce(const std::filesystem::path& directory, const PreparedLedger& ledger,
                               txn::CoreMode mode, const DamageOptions& options,
                               const DamageCounts& counts, Board* board, Choices* choices) {
  const auto core = OpenLedger(directory, {.mode = mode});
  if (!core.ok()) {
    board->Add(counts.refused_open);
    DAFTAR_RETURN_IF_ERROR(Judge(core.status()));
    return false;
  }
  const absl::Status status = CheckLedger(
      **core, ledger.model(), {.past_states = 1, .point_reads = options.point_reads}, choices);
  if (status.ok()) return true;
  board->Add(counts.refused_read);
  DAFTAR_RETURN_IF_ERROR(Judge(status));
  return false;
}

// Commits to a copy that looked right, and looks again: what was damaged may not have been read.
absl::Status GoOn(const std::filesystem::path& directory, const PreparedLedger& ledger,
                  Choices* choices) {
  Model model = ledger.model();
  OpLog log;
  {
    const auto core = OpenLedger(directory, {});
    if (!core.ok()) return Judge(core.status());
    WritersOptions writers;
    writers.commits = 3;
    writers.session = 1000;
    writers.seed = choices->Next();
    writers.spill_folder = directory.parent_path();
    writers.may_fail = [](const absl::Status& status) { return absl::IsDataLoss(status); };
    RunWriters(core->get(), model, &log, writers);
  }
  const auto core = OpenLedger(directory, {});
  if (!core.ok()) return Judge(core.status());
  const std::vector<LoggedOp> session = log.Read();
  const auto order = ReadOrder(**core, model.last());
  if (!order.ok()) return Judge(order.status());
  DAFTAR_RETURN_IF_ERROR(CheckSession(session, model.last(), *order, {}));
  Adopt(session, *order, &model);
  const absl::Status status = CheckLedger(**core, model, {}, choices);
  return status.ok() ? status : Judge(status);
}

}  // namespace

absl::Status CheckDamaged(const std::filesystem::path& directory, const PreparedLedger& ledger,
                          const DamageOptions& options, const DamageCounts& counts, Board* board,
                          Choices* choices) {
  if (options.read_only) {
    board->Add(counts.read_only);
    const auto right =
        CheckOnce(directory, ledger, txn::CoreMode::kRead, options, counts, board, choices);
    if (!right.ok()) return WithContext(right.status(), "opened for", "reading");
  }
  DAFTAR_ASSIGN_OR_RETURN(const bool right, CheckOnce(directory, ledger, txn::CoreMode::kWrite,
                                                      options, counts, board, choices));
  if (right) board->Add(counts.right);
  if (!right || !options.go_on) return absl::OkStatus();
  return WithContext(GoOn(directory, ledger, choices), "while", "going on");
}

std::string_view KindOfFile(std::string_view name) {
  if (absl::EndsWith(name, ".log")) return "wal";
  if (absl::EndsWith(name, ".sst")) return "sst";
  if (absl::StartsWith(name, "MANIFEST")) return "manifest";
  if (absl::StartsWith(name, "OPTIONS")) return "options";
  if (absl::StartsWith(name, "LOG")) return "log";
  if (name == "CURRENT") return "current";
  if (name == "ANCHOR") return "anchor";
  if (name == "IDENTITY") return "identity";
  return "lock";
}

}  // namespace daftar::torture
