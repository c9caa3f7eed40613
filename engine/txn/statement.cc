#include "txn/statement.h"

#include <utility>

#include "base/status.h"

namespace daftar::txn {

int32_t DayOf(int64_t micros) {
  constexpr int64_t kMicrosPerDay = 86'400'000'000;
  return static_cast<int32_t>(micros / kMicrosPerDay - (micros % kMicrosPerDay < 0 ? 1 : 0));
}

journal::Statement StatementOf(const CommitOptions& options) {
  return {options.actor, options.reason, options.decision};
}

absl::Status CheckStatement(const CommitOptions& options,
                            const std::vector<const catalog::TableDef*>& tables) {
  DAFTAR_RETURN_IF_ERROR(journal::CheckStatement(StatementOf(options)));
  for (const catalog::TableDef* table : tables) {
    const std::pair<bool, const char*> missing[] = {
        {table->requires_actor && options.actor.empty(), "actor"},
        {table->requires_reason && options.reason.empty(), "reason"},
        {table->requires_decision && options.decision.empty(), "decision"}};
    for (const auto& [is_missing, part] : missing) {
      if (!is_missing) continue;
      return InvalidArgument("the table requires a statement that the commit lacks; give it")
          .With("table", table->name)
          .With("missing", part);
    }
  }
  return absl::OkStatus();
}

}  // namespace daftar::txn
