// Database::Audit and May.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "api/state.h"
#include "base/status.h"
#include "catalog/evolution.h"
#include "catalog/resolve.h"
#include "catalog/succession.h"
#include "codec/keyspace.h"
#include "index/stored_record.h"
#include "io/rule_audit.h"
#include "rules/checker.h"
#include "rules/lifecycles.h"
#include "sql/row_condition.h"
#include "storage/overlay.h"
#include "txn/statement.h"
#include "txn/write_set.h"

namespace daftar {
namespace {

// A lifecycle of the table and its act of that name.
struct NamedAct {
  const catalog::LifecycleDef* lifecycle = nullptr;
  const catalog::ActDef* act = nullptr;
};

absl::StatusOr<NamedAct> FindAct(const catalog::TableDef& table, std::string_view name) {
  std::string names;
  for (const catalog::LifecycleDef& lifecycle : table.rules.lifecycles) {
    const catalog::ActDef* const act = lifecycle.FindAct(name);
    if (act != nullptr) return NamedAct{&lifecycle, act};
    for (const catalog::ActDef& each : lifecycle.acts) {
      absl::StrAppend(&names, names.empty() ? "" : ", ", each.name);
    }
  }
  return NotFound("the table has no such act")
      .With("table", table.name)
      .With("act", name)
      .With("acts", names.empty() ? "none" : names);
}

// Looks whether an act on one record would go through.
class Question {
 public:
  Question(const txn::ReadView& view, const catalog::TableDef& table, NamedAct act,
           const CommitOptions& options, int32_t day)
      : view_(view), table_(table), act_(act), options_(options), day_(day) {}

  absl::StatusOr<MayAnswer> Answer(const codec::EncodedKey& key, const record::Message& before) {
    DAFTAR_ASSIGN_OR_RETURN(
        record::Message after,
        before.WithEnumerant(act_.lifecycle->field, static_cast<uint16_t>(act_.act->to)));
    txn::RecordWrite write;
    write.table = &table_;
    write.key = key;
    write.record = std::move(after);
    txn::WriteSet writes(view_.reader, view_.catalog->version,
                         CommitVersion(view_.version.value() + 1));
    DAFTAR_RETURN_IF_ERROR(writes.Apply(write));
    DAFTAR_RETURN_IF_ERROR(writes.Finish());
    const auto state = storage::NewOverlayReader(view_.reader, writes.changes());
    const rules::Context context{*view_.catalog,    *state, options_.actor, options_.reason,
                                 options_.decision, day_};
    DAFTAR_RETURN_IF_ERROR(TakeStates(before));
    DAFTAR_ASSIGN_OR_RETURN(
        const std::vector<std::string> obstacles,
        rules::Obstacles(context, *act_.lifecycle, *act_.act, before, *write.record));
    answer_.obstacles.insert(answer_.obstacles.end(), obstacles.begin(), obstacles.end());
    const rules::Change change{table_, key.view(), &before, &*write.record};
    DAFTAR_RETURN_IF_ERROR(rules::CheckChange(context, change, [&](RuleViolation violation) {
      // What the lifecycle says stands above, act by act.
      if (violation.kind != "lifecycle" && !violation.reported_only) {
        answer_.violations.push_back(std::move(violation));
      }
    }));
    answer_.allowed = answer_.obstacles.empty() && answer_.violations.empty();
    return std::move(answer_);
  }

 private:
  absl::Status TakeStates(const record::Message& before) {
    DAFTAR_ASSIGN_OR_RETURN(const catalog::State from,
                            rules::StateOn(*act_.lifecycle, before, day_));
    answer_.from = act_.lifecycle->StateName(from);
    answer_.to = act_.lifecycle->StateName(act_.act->to);
    const auto starting = rules::ActsStartingFrom(*act_.lifecycle, from);
    for (const catalog::ActDef* act : starting) answer_.acts.push_back(act->name);
    if (std::find(starting.begin(), starting.end(), act_.act) == starting.end()) {
      answer_.obstacles.push_back(
          absl::StrCat("the act does not start from '", answer_.from,
                       "'; allowed from there: ", rules::ActsFrom(*act_.lifecycle, from)));
    }
    return absl::OkStatus();
  }

  const txn::ReadView& view_;
  const catalog::TableDef& table_;
  const NamedAct act_;
  const CommitOptions& options_;
  const int32_t day_;
  MayAnswer answer_;
};

}  // namespace

absl::StatusOr<AuditReport> Database::Audit(const AuditOptions& options) const {
  return Audit(View(), options);
}

absl::StatusOr<AuditReport> Database::Audit(const ReadView& view,
                                            const AuditOptions& options) const {
  const txn::ReadView& state = internal::DatabaseAccess::View(view);
  return io::AuditRules(state, state.version == state_->core->View().version,
                        internal::SpillFolder(*state_), options);
}

absl::StatusOr<AuditReport> Database::AuditAgainst(const SchemaFile& schema,
                                                   const AuditOptions& options) const {
  DAFTAR_ASSIGN_OR_RETURN(auto types, internal::ParseSchema(schema));
  txn::ReadView view = state_->core->View();
  DAFTAR_ASSIGN_OR_RETURN(const auto tables, catalog::ResolveTables(types));
  DAFTAR_ASSIGN_OR_RETURN(
      const SchemaCheck check,
      catalog::CheckEvolution({*view.catalog->schemas, view.catalog->tables}, {*types, tables}));
  if (check.verdict >= Verdict::kMigrate) {
    return FailedPrecondition("the records do not fit the schema; see `daftar schema check`")
        .With("finding", check.findings.front().message);
  }
  DAFTAR_ASSIGN_OR_RETURN(catalog::Succession next,
                          catalog::Succeed(*view.catalog, std::move(types)));
  DAFTAR_RETURN_IF_ERROR(catalog::CompileChecks(&sql::CompileCondition, &next.catalog.tables));
  view.catalog = std::make_shared<const catalog::Catalog>(std::move(next.catalog));
  return io::AuditRules(view, true, internal::SpillFolder(*state_), options);
}

absl::StatusOr<MayAnswer> Database::May(std::string_view table, const Key& key,
                                        std::string_view act, const CommitOptions& options,
                                        std::optional<Date> on) const {
  const txn::ReadView view = state_->core->View();
  DAFTAR_ASSIGN_OR_RETURN(const catalog::TableDef* def, view.catalog->GetTable(table));
  DAFTAR_ASSIGN_OR_RETURN(const NamedAct named, FindAct(*def, act));
  DAFTAR_ASSIGN_OR_RETURN(const codec::EncodedKey encoded, internal::EncodeKey(*def, key));
  DAFTAR_ASSIGN_OR_RETURN(const auto record, index::ReadRecord(*view.reader, *def, encoded));
  if (!record.has_value()) {
    return NotFound("no record with this key")
        .With("table", table)
        .With("key",
              index::DescribeKey(*def, encoded.view().substr(codec::RecordPrefix(def->id).size())));
  }
  const int32_t day = on.has_value() ? on->days : txn::DayOf(state_->core->Now());
  return Question(view, *def, named, options, day).Answer(encoded, *record);
}

}  // namespace daftar
