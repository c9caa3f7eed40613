#include "sql/rates.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "query/executor.h"
#include "query/planner.h"
#include "record/field_path.h"
#include "sql/columns.h"

namespace daftar::sql {
namespace {

constexpr const char* kPer = "per";

// What is asked for in messages.
constexpr std::string_view kFields =
    "currency and quote: texts, day: $date, rate: $decimal or an integer; per: an integer, if any";

absl::Status Lacking(std::string_view table, std::string_view field) {
  return InvalidArgument("the table of rates lacks a field, or has it of another type")
      .With("table", table)
      .With("field", field)
      .With("fields", kFields);
}

absl::StatusOr<record::FieldPath> FieldOf(const catalog::TableDef& table, const char* name) {
  auto path = record::FieldPath::Parse(table.schema, name);
  if (!path.ok() || path->list_count() > 0) return Lacking(table.name, name);
  return path;
}

// Checks the fields; tells whether there is `per`.
absl::StatusOr<bool> Check(const catalog::TableDef& table) {
  for (const char* name : {"currency", "quote"}) {
    DAFTAR_ASSIGN_OR_RETURN(const record::FieldPath path, FieldOf(table, name));
    if (!path.type().type().isText()) return Lacking(table.name, name);
  }
  DAFTAR_ASSIGN_OR_RETURN(const record::FieldPath day, FieldOf(table, "day"));
  if (day.type().meaning() != record::Meaning::kDate) return Lacking(table.name, "day");
  DAFTAR_ASSIGN_OR_RETURN(const record::FieldPath rate, FieldOf(table, "rate"));
  const Form form = FormOf(rate.type());
  if (form != Form::kDecimal && form != Form::kInteger) return Lacking(table.name, "rate");
  const auto per = record::FieldPath::Parse(table.schema, kPer);
  if (!per.ok()) return false;
  if (per->list_count() > 0 || FormOf(per->type()) != Form::kInteger) {
    return Lacking(table.name, kPer);
  }
  return true;
}

// An integer of any width, or a decimal.
std::optional<Decimal> DecimalOf(const Value& value) {
  if (const auto* decimal = value.get_if<Decimal>()) return *decimal;
  if (const auto* integer = value.get_if<int64_t>()) return Decimal{*integer, 0};
  if (const auto* unsigned_integer = value.get_if<uint64_t>()) {
    return Decimal{static_cast<int64_t>(*unsigned_integer), 0};
  }
  return std::nullopt;
}

class Finder {
 public:
  Finder(txn::ReadView view, const catalog::TableDef& table, bool has_per)
      : view_(std::move(view)), table_(table), has_per_(has_per) {}

  // One read, where the key or an index is by currency, quote and day.
  absl::StatusOr<std::optional<Rate>> Find(std::string_view currency, std::string_view quote,
                                           Date day) const {
    Query query(table_.name);
    query.Where("currency", Operator::kEqual, currency)
        .Where("quote", Operator::kEqual, quote)
        .Where("day", Operator::kLessOrEqual, day)
        .WhereNotNull("rate")
        .OrderBy("day", SortDirection::kDescending)
        .Limit(1);
    std::vector<std::string> columns = {"rate", "day"};
    if (has_per_) columns.emplace_back(kPer);
    query.Select(std::move(columns));
    DAFTAR_ASSIGN_OR_RETURN(query::BoundQuery bound, query::Bind(*view_.catalog, query));
    DAFTAR_ASSIGN_OR_RETURN(query::Plan plan,
                            query::MakePlan(std::move(bound), view_.statistics.get()));
    query::Executor executor(view_, std::move(plan));
    DAFTAR_ASSIGN_OR_RETURN(const bool found, executor.Next());
    if (!found) return std::optional<Rate>();
    const std::vector<Value>& values = executor.values();
    Rate rate;
    const auto stated = DecimalOf(values[0]);
    const auto* stated_day = values[1].get_if<Date>();
    if (!stated.has_value() || stated_day == nullptr) return Lacking(table_.name, "rate");
    rate.rate = *stated;
    rate.day = *stated_day;
    if (has_per_ && !values[2].is_null()) rate.per = DecimalOf(values[2])->unscaled;
    return std::optional<Rate>(rate);
  }

 private:
  const txn::ReadView view_;
  const catalog::TableDef& table_;
  const bool has_per_;
};

}  // namespace

absl::StatusOr<std::optional<Rate>> FindRate(Session* session, std::string_view from,
                                             std::string_view to, Date day) {
  DAFTAR_ASSIGN_OR_RETURN(txn::ReadView view, session->View());
  const catalog::TableDef* const table = view.catalog->FindTable(session->rates());
  if (table == nullptr) {
    return InvalidArgument("money is converted by a table of rates, which is not there")
        .With("table", session->rates())
        .With("remedy", "name another one with --rates, or declare one")
        .With("fields", kFields);
  }
  DAFTAR_RETURN_IF_ERROR(txn::CheckReadable(view, *table));
  DAFTAR_ASSIGN_OR_RETURN(const bool has_per, Check(*table));
  const Finder finder(std::move(view), *table, has_per);
  DAFTAR_ASSIGN_OR_RETURN(std::optional<Rate> rate, finder.Find(from, to, day));
  if (rate.has_value()) return rate;
  DAFTAR_ASSIGN_OR_RETURN(rate, finder.Find(to, from, day));
  if (rate.has_value()) rate->inverse = true;
  return rate;
}

}  // namespace daftar::sql
